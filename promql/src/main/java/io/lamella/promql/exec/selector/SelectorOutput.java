package io.lamella.promql.exec.selector;

/// The output of a selector.
///
/// @param reading whether histograms are read with their buckets
/// @param hasUniqueLabels false where the source may omit labels, so that series may have equal
///   ones
public record SelectorOutput(HistogramReading reading, boolean hasUniqueLabels) {}
