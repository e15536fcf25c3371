package io.lamella.gateway.query;

import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;

/// The limit of the steps of a range query, with Prometheus' texts.
public final class RangeSteps {
  public static final String NOT_POSITIVE =
      "zero or negative query resolution step widths are not accepted. Try a positive integer";

  private static final int MAX_POINTS = 11_000;

  private RangeSteps() {}

  /// @param stepMillis positive
  /// @throws QueryException.BadQuery where there are too many steps
  public static void check(TimeRange range, long stepMillis) {
    if (length(range) / stepMillis > MAX_POINTS) {
      throw new QueryException.BadQuery(
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
  }

  /// Milliseconds from start to end; as many as a long holds where there are more.
  private static long length(TimeRange range) {
    long length = range.endMillis() - range.startMillis();
    return length < 0 ? Long.MAX_VALUE : length;
  }
}
