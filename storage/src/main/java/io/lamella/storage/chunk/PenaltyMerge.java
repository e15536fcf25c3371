package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import java.util.List;

/// Chooses the samples of replicas of one series so that their interval stays that of one replica:
/// the penalty algorithm of Thanos.
///
/// Two replicas are read side by side. The earlier sample is kept, of two at one instant that of
/// the first replica. The replica that was not chosen may then not offer a sample before twice the
/// last interval has passed, so that reading changes to it only where the chosen replica has a gap.
/// A third replica is compared with the result of the first two, and so on.
public final class PenaltyMerge {
  /// Before there is an interval.
  private static final long INITIAL_PENALTY_MILLIS = 5000;

  private PenaltyMerge() {}

  /// Appends the choice to `out`.
  ///
  /// @param replicas choices among `parts`, the first replica first
  /// @param out must be empty
  public static void pick(List<SamplePicks> replicas, List<SampleColumns> parts, SamplePicks out) {
    SamplePicks before = replicas.getFirst();
    for (int r = 1; r < replicas.size(); r++) {
      SamplePicks both = new SamplePicks();
      pick(before, replicas.get(r), parts, both);
      before = both;
    }
    for (int i = 0; i < before.size(); i++) {
      out.addFrom(before, i);
    }
  }

  private static void pick(
      SamplePicks a, SamplePicks b, List<SampleColumns> parts, SamplePicks out) {
    int i = 0;
    int j = 0;
    long last = Long.MIN_VALUE;
    long penaltyA = 0;
    long penaltyB = 0;
    while (true) {
      i = seek(a, i, parts, last, penaltyA);
      j = seek(b, j, parts, last, penaltyB);
      boolean hasA = i < a.size();
      boolean hasB = j < b.size();
      if (!hasA && !hasB) {
        return;
      }
      boolean useA = hasA && (!hasB || time(a, i, parts) <= time(b, j, parts));
      long now = useA ? time(a, i, parts) : time(b, j, parts);
      long penalty = last == Long.MIN_VALUE ? INITIAL_PENALTY_MILLIS : 2 * (now - last);
      if (useA) {
        penaltyA = 0;
        penaltyB = hasB ? penalty : penaltyB;
        out.addFrom(a, i);
      } else {
        penaltyA = hasA ? penalty : penaltyA;
        penaltyB = 0;
        out.addFrom(b, j);
      }
      last = now;
    }
  }

  private static int seek(
      SamplePicks picks, int from, List<SampleColumns> parts, long last, long penalty) {
    if (last == Long.MIN_VALUE) {
      return from;
    }
    int i = from;
    while (i < picks.size() && time(picks, i, parts) <= last + penalty) {
      i++;
    }
    return i;
  }

  private static long time(SamplePicks picks, int i, List<SampleColumns> parts) {
    return parts.get(picks.part(i)).times()[picks.index(i)];
  }
}
