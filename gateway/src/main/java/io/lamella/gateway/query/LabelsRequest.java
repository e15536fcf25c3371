package io.lamella.gateway.query;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import java.util.List;

/// A request for label names, label values or label sets.
///
/// @param selectors series that match any of them; all series where there is none
/// @param range of their samples
/// @param limit how many the client wants; 0 for all. A source may stop as soon as it has found one
///   more, which shows that there are more
/// @param coverage which data is read
public record LabelsRequest(
    List<List<Matcher>> selectors, TimeRange range, int limit, Coverage coverage) {
  public LabelsRequest(List<List<Matcher>> selectors, TimeRange range, int limit) {
    this(selectors, range, limit, Coverage.ALL);
  }

  public LabelsRequest {
    selectors = List.copyOf(selectors);
  }

  /// True where so many are enough.
  public boolean isReached(int found) {
    return limit > 0 && found > limit;
  }
}
