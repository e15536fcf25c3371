package io.lamella.gateway.query;

import io.lamella.model.Labels;

/// A stream, which is a set of external labels, and a time range that its blocks cover without a
/// gap.
///
/// @param minTimeMillis first instant, `maxTimeMillis` the first instant after the range
public record StreamRange(Labels external, long minTimeMillis, long maxTimeMillis) {}
