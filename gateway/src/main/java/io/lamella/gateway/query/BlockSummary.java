package io.lamella.gateway.query;

import io.lamella.model.Labels;

/// A block as status pages show it.
///
/// @param digest SHA-256 over those of all its files, in hex: equal where the block holds the same
/// @param minTimeMillis first instant, `maxTimeMillis` the first instant after the block
public record BlockSummary(
    String ulid,
    String digest,
    Labels external,
    long minTimeMillis,
    long maxTimeMillis,
    long series,
    long chunks,
    long samples) {}
