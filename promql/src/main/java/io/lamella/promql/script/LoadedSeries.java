package io.lamella.promql.script;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// A series with the samples that a script gives it.
public record LoadedSeries(Labels labels, SampleColumns samples) {}
