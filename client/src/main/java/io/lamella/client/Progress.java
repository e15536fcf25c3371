package io.lamella.client;

import java.time.Duration;
import java.util.Optional;

/// How far a backtest is.
///
/// @param verdicts that are final, of `allVerdicts`
/// @param storeRequests to the object store, which returned `storeBytes`
/// @param cachedBytes that needed no request
/// @param left about how long it still takes
public record Progress(
    long verdicts,
    long allVerdicts,
    long storeRequests,
    long storeBytes,
    long cachedBytes,
    long samples,
    Duration elapsed,
    Optional<Duration> left) {}
