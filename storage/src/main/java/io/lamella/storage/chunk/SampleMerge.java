package io.lamella.storage.chunk;

import io.lamella.model.SampleColumns;
import java.util.List;

/// Merges the samples of one series from several places by time; of several samples at one instant
/// the first place's is kept.
public final class SampleMerge {
  private SampleMerge() {}

  /// @param parts each ascending by time
  public static SampleColumns merge(List<SampleColumns> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    SampleColumns out = new SampleColumns(parts.stream().mapToInt(SampleColumns::size).sum() + 1);
    append(parts, out);
    return out;
  }

  /// As [#merge], appended to `out`.
  public static void append(List<SampleColumns> parts, SampleColumns out) {
    int[] at = new int[parts.size()];
    while (true) {
      int best = -1;
      for (int i = 0; i < at.length; i++) {
        if (at[i] < parts.get(i).size()
            && (best < 0 || parts.get(i).times()[at[i]] < parts.get(best).times()[at[best]])) {
          best = i;
        }
      }
      if (best < 0) {
        return;
      }
      long time = parts.get(best).times()[at[best]];
      out.addFrom(parts.get(best), at[best]);
      for (int i = 0; i < at.length; i++) {
        while (at[i] < parts.get(i).size() && parts.get(i).times()[at[i]] <= time) {
          at[i]++;
        }
      }
    }
  }
}
