package io.lamella.bench.store;

import java.util.List;

/// A model of an object store's latency, bandwidth and faults; not a measurement of a real one.
///
/// @param firstByte latency of the first byte of a response
public record StoreModel(String name, FirstByte firstByte, Bandwidth bandwidth, Faults faults) {
  private static final double MIB = 1 << 20;
  private static final Faults NO_FAULTS = new Faults(0, 0, 0, 0);

  /// A latency whose logarithm is normally distributed; zeros for no latency.
  public record FirstByte(double p50Millis, double p99Millis) {}

  /// Bandwidth of one response and of all responses together; zeros for no limit.
  public record Bandwidth(double streamBytesPerSecond, double linkBytesPerSecond) {}

  /// Shares of requests that fail.
  ///
  /// @param unavailable get a 503 response
  /// @param cut get half of the body
  /// @param stalled wait for five seconds first
  /// @param wrongRange get a Content-Range other than the requested one
  public record Faults(double unavailable, double cut, double stalled, double wrongRange) {}

  private static final StoreModel R2_LIKE =
      new StoreModel("r2-like", new FirstByte(40, 250), new Bandwidth(57 * MIB, 125e6), NO_FAULTS);

  private static final List<StoreModel> ALL =
      List.of(
          new StoreModel("none", new FirstByte(0, 0), new Bandwidth(0, 0), NO_FAULTS),
          R2_LIKE,
          new StoreModel(
              "s3-near", new FirstByte(20, 120), new Bandwidth(90 * MIB, 125e6), NO_FAULTS),
          new StoreModel("far", new FirstByte(120, 600), new Bandwidth(25 * MIB, 125e6), NO_FAULTS),
          new StoreModel(
              "faulty",
              R2_LIKE.firstByte,
              R2_LIKE.bandwidth,
              new Faults(0.010, 0.005, 0.002, 0.001)));

  public boolean isFaulty() {
    return !faults.equals(NO_FAULTS);
  }

  /// @throws IllegalArgumentException for a name that no model has
  public static StoreModel of(String name) {
    return ALL.stream()
        .filter(m -> m.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "cannot model store \""
                    + name
                    + "\": expected "
                    + String.join(", ", ALL.stream().map(StoreModel::name).toList())));
  }
}
