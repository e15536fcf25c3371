package io.lamella.promql;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import org.jspecify.annotations.Nullable;

/// An element of an instant vector: a float, or a histogram where `histogram` is there.
public record VectorSample(
    Labels labels, long timeMillis, double value, @Nullable Histogram histogram) {}
