package io.lamella.gateway.tenant;

/// One tenant as it is configured.
///
/// @param prefix of all its objects, with a slash at its end; empty where its blocks are those of
///   the bucket that are below no prefix
public record TenantSettings(String prefix, TenantLimits limits) {}
