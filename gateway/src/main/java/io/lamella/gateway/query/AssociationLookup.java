package io.lamella.gateway.query;

import io.lamella.gateway.association.Association;
import io.lamella.model.TimeRange;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which ids are associated with some ids. An association holds where a series with both labels has
/// a sample in a block at or before the end of the range, and one at or after its start.
///
/// @param ids those asked for; empty for all that there are
/// @param range closed
public record AssociationLookup(
    Association association, Optional<SortedSet<String>> ids, TimeRange range) {
  public AssociationLookup {
    ids = ids.map(TreeSet::new);
  }

  /// The range in which a series must have a sample so that an instant selector finds it at some
  /// time of a range, as far as its labels tell.
  ///
  /// @param lookbackMillis positive; a sample as old as that is not found any more
  public static TimeRange reached(TimeRange range, long lookbackMillis) {
    long earliest = range.startMillis() - lookbackMillis + 1;
    return new TimeRange(
        earliest > range.startMillis() ? Long.MIN_VALUE : earliest, range.endMillis());
  }
}
