package io.lamella.gateway.process;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Whether a load balancer should send requests here, and if not, why. Thread-safe.
///
/// The gateway is ready once the catalog was read, as long as the last good refresh is not too old
/// and the store answers, and until it is asked to stop. It becomes ready again by itself.
///
/// Queries are answered from the first catalog on, ready or not: blocks do not change, so an old
/// catalog lacks the newest data but is not wrong, and what is cached needs no store.
public final class Readiness {
  private final InstantSource clock;
  private final Duration maxAge;
  private final BooleanSupplier storeAnswers;
  private volatile Optional<Instant> refreshed = Optional.empty();
  private volatile boolean draining;

  /// @param maxAge of the last good refresh of the catalog
  /// @param storeAnswers false while requests to the store fail
  public Readiness(InstantSource clock, Duration maxAge, BooleanSupplier storeAnswers) {
    this.clock = clock;
    this.maxAge = maxAge;
    this.storeAnswers = storeAnswers;
  }

  /// One that is ready until it drains, for servers without a catalog.
  public static Readiness always() {
    Readiness readiness = new Readiness(() -> Instant.EPOCH, Duration.ZERO, () -> true);
    readiness.refreshed();
    return readiness;
  }

  /// The catalog was read.
  public void refreshed() {
    refreshed = Optional.of(clock.instant());
  }

  /// The gateway was asked to stop. It is not ready any more.
  public void drain() {
    draining = true;
  }

  public boolean isDraining() {
    return draining;
  }

  /// Whether the catalog was read, so that queries can be answered.
  public boolean isLoaded() {
    return refreshed.isPresent();
  }

  /// Why the gateway is not ready; empty while it is.
  public Optional<String> obstacle() {
    if (draining) {
      return Optional.of("the gateway is stopping");
    }
    if (refreshed.isEmpty()) {
      return Optional.of("the catalog has not been read yet");
    }
    Duration age = Duration.between(refreshed.get(), clock.instant());
    if (age.compareTo(maxAge) > 0) {
      return Optional.of(
          "the last successful catalog refresh was %d s ago, more than --catalog.max-age=%d s"
              .formatted(age.toSeconds(), maxAge.toSeconds()));
    }
    return storeAnswers.getAsBoolean()
        ? Optional.empty()
        : Optional.of("the object store does not answer");
  }
}
