package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import java.util.List;

/// Merges the samples of one series from several parts by time. Of several samples at one instant
/// that of the first part is kept, wherever the chunks of the parts start.
public final class SampleMerge {
  private SampleMerge() {}

  /// Appends the merged samples to `out`; [SamplePicks#appendTo] tells what becomes of the hints of
  /// histograms.
  ///
  /// @param parts each strictly ascending by time; the order of the parts decides which of several
  ///   samples at one instant is kept
  public static void append(List<SampleColumns> parts, SampleColumns out) {
    SamplePicks picks = new SamplePicks();
    pick(parts, 0, parts.size(), picks);
    picks.appendTo(out, parts);
  }

  /// Appends the choice among the parts `[from, end)` to `out`.
  ///
  /// @param parts as in [#append]
  public static void pick(List<SampleColumns> parts, int from, int end, SamplePicks out) {
    int[] at = new int[parts.size()];
    while (true) {
      int best = -1;
      long time = 0;
      for (int i = from; i < end; i++) {
        if (at[i] < parts.get(i).size() && (best < 0 || parts.get(i).times()[at[i]] < time)) {
          best = i;
          time = parts.get(i).times()[at[i]];
        }
      }
      if (best < 0) {
        return;
      }
      // The samples of this part before any sample of the others need no comparison.
      long limit = Long.MAX_VALUE;
      for (int i = from; i < end; i++) {
        SampleColumns part = parts.get(i);
        if (i != best && at[i] < part.size() && part.times()[at[i]] == time) {
          at[i]++;
        }
        if (i != best && at[i] < part.size()) {
          limit = Math.min(limit, part.times()[at[i]]);
        }
      }
      SampleColumns chosen = parts.get(best);
      do {
        out.add(best, at[best]++);
      } while (at[best] < chosen.size() && chosen.times()[at[best]] < limit);
    }
  }
}
