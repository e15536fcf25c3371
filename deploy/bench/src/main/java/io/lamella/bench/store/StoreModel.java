package io.lamella.bench.store;

import java.util.List;

/// A model of an object store's latency, bandwidth and faults; not a measurement of a real one.
///
/// @param firstByteP50Millis median of the time to the first byte, whose logarithm is normally
///   distributed; 0 for none
/// @param streamBytesPerSecond of one answer, `linkBytesPerSecond` of all together; 0 for no limit
public record StoreModel(
    String name,
    double firstByteP50Millis,
    double firstByteP99Millis,
    double streamBytesPerSecond,
    double linkBytesPerSecond,
    Faults faults) {
  private static final double MIB = 1 << 20;
  private static final Faults NO_FAULTS = new Faults(0, 0, 0, 0);

  /// Shares of requests that fail.
  ///
  /// @param unavailable get a 503 response
  /// @param cut get half of the body
  /// @param stalled wait for five seconds first
  /// @param wrongRange get a Content-Range other than the requested one
  public record Faults(double unavailable, double cut, double stalled, double wrongRange) {}

  private static final List<StoreModel> ALL =
      List.of(
          new StoreModel("none", 0, 0, 0, 0, NO_FAULTS),
          new StoreModel("r2-like", 40, 250, 57 * MIB, 125e6, NO_FAULTS),
          new StoreModel("s3-near", 20, 120, 90 * MIB, 125e6, NO_FAULTS),
          new StoreModel("far", 120, 600, 25 * MIB, 125e6, NO_FAULTS),
          new StoreModel(
              "faulty", 40, 250, 57 * MIB, 125e6, new Faults(0.010, 0.005, 0.002, 0.001)));

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
