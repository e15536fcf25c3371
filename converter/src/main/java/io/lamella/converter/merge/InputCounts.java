package io.lamella.converter.merge;

import io.lamella.storage.block.BlockMeta;
import java.util.ArrayList;
import java.util.List;

/// What became of the samples of each input.
final class InputCounts {
  private final long[] deleted;
  private final long[] deduplicated;
  private final long[] kept;

  InputCounts(int inputs) {
    deleted = new long[inputs];
    deduplicated = new long[inputs];
    kept = new long[inputs];
  }

  void delete(int input, long samples) {
    deleted[input] += samples;
  }

  void deduplicate(int input, long samples) {
    deduplicated[input] += samples;
  }

  void keep(int input, long samples) {
    kept[input] += samples;
  }

  /// The inputs with their counts.
  ///
  /// @param inputs in the order of their numbers
  List<BlockMeta.Input> of(List<BlockMeta.Input> inputs) {
    List<BlockMeta.Input> out = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      out.add(
          new BlockMeta.Input(
              inputs.get(i).ulid(),
              inputs.get(i).state(),
              deleted[i] + deduplicated[i] + kept[i],
              deleted[i],
              deduplicated[i],
              kept[i]));
    }
    return out;
  }
}
