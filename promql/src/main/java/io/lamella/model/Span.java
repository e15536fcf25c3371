package io.lamella.model;

/// A run of consecutive buckets: `offset` is the index of the first bucket for the first span, for
/// later ones the count of buckets skipped since the span before; `length` counts buckets and may
/// be 0.
public record Span(int offset, int length) {}
