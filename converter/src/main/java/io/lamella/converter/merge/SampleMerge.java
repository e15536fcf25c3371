package io.lamella.converter.merge;

import io.lamella.model.SampleColumns;
import java.util.List;

/// Merges the samples of one series from several places by time; of samples at one instant that of
/// the first place stays.
final class SampleMerge {
  private SampleMerge() {}

  /// @param parts each ascending by time
  static SampleColumns merge(List<SampleColumns> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    SampleColumns out = new SampleColumns(parts.stream().mapToInt(SampleColumns::size).sum() + 1);
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
        return out;
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
