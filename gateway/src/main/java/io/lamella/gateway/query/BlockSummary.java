package io.lamella.gateway.query;

import io.lamella.model.Labels;

/// A block as status pages show it.
///
/// @param minTimeMillis first instant, `maxTimeMillis` the first instant after the block
public record BlockSummary(
    String ulid,
    Labels external,
    long minTimeMillis,
    long maxTimeMillis,
    long series,
    long chunks,
    long samples) {}
