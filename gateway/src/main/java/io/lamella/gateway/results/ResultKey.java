package io.lamella.gateway.results;

import java.time.Duration;
import java.util.Optional;

/// The key of a cached result: everything that a result depends on except the data.
///
/// @param startMillis first instant of the evaluation, `endMillis` the last, both included
/// @param stepMillis 0 for an instant query
/// @param lookback of the request, where it sets one
public record ResultKey(
    String query, long startMillis, long endMillis, long stepMillis, Optional<Duration> lookback) {}
