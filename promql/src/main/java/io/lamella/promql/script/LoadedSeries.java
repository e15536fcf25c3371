package io.lamella.promql.script;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// A series of a load block with its samples.
public record LoadedSeries(Labels labels, SampleColumns samples) {}
