package io.lamella.promql;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import org.jspecify.annotations.Nullable;

/// An element of an instant vector: a histogram where `histogram` is not null, else a float.
public record VectorSample(
    Labels labels, long timeMillis, double value, @Nullable Histogram histogram) {}
