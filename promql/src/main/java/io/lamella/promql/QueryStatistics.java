package io.lamella.promql;

import java.time.Duration;

/// The cost of a query.
///
/// @param totalQueryableSamples number of samples that selectors read, over all steps
/// @param peakSamples maximum number of samples in memory at once
public record QueryStatistics(
    long totalQueryableSamples, long peakSamples, Duration parseTime, Duration evaluationTime) {}
