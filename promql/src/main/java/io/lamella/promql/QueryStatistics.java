package io.lamella.promql;

import java.time.Duration;

/// What a query cost.
///
/// @param totalQueryableSamples samples that selectors looked at, over all steps
/// @param peakSamples most samples held at once
public record QueryStatistics(
    long totalQueryableSamples, long peakSamples, Duration parseTime, Duration evaluationTime) {}
