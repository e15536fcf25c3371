package io.lamella.converter.merge;

import io.lamella.storage.tsdb.SeriesEntry;
import java.util.Arrays;

/// One series and where its chunks of the range are, in all inputs: a part for each input and
/// reference, in the order of the inputs, and in it the chunks in the order of the index.
final class SeriesParts {
  private final int[] labels;
  private int parts;
  private int[] inputs = new int[4];
  private long[] refs = new long[4];
  private int[] chunkEnds = new int[4];
  private long[] minTimes = new long[8];
  private long[] maxTimes = new long[8];
  private long[] chunkRefs = new long[8];

  /// @param labels symbol numbers: name, value, name, value …, ascending by name
  SeriesParts(int[] labels) {
    this.labels = labels;
  }

  void add(int input, SeriesEntry series, MergeRange range) {
    if (parts == inputs.length) {
      inputs = Arrays.copyOf(inputs, 2 * parts);
      refs = Arrays.copyOf(refs, 2 * parts);
      chunkEnds = Arrays.copyOf(chunkEnds, 2 * parts);
    }
    int chunks = parts == 0 ? 0 : chunkEnds[parts - 1];
    for (int c = 0; c < series.chunkCount(); c++) {
      if (range.overlaps(series.minTimeMillis(c), series.maxTimeMillis(c))) {
        if (chunks == minTimes.length) {
          minTimes = Arrays.copyOf(minTimes, 2 * chunks);
          maxTimes = Arrays.copyOf(maxTimes, 2 * chunks);
          chunkRefs = Arrays.copyOf(chunkRefs, 2 * chunks);
        }
        minTimes[chunks] = series.minTimeMillis(c);
        maxTimes[chunks] = series.maxTimeMillis(c);
        chunkRefs[chunks] = series.chunkRef(c);
        chunks++;
      }
    }
    inputs[parts] = input;
    refs[parts] = series.ref();
    chunkEnds[parts] = chunks;
    parts++;
  }

  int[] labels() {
    return labels;
  }

  int parts() {
    return parts;
  }

  int input(int part) {
    return inputs[part];
  }

  /// The series' reference in the input of a part.
  long ref(int part) {
    return refs[part];
  }

  int firstChunk(int part) {
    return part == 0 ? 0 : chunkEnds[part - 1];
  }

  /// The chunk after the last one of a part.
  int endChunk(int part) {
    return chunkEnds[part];
  }

  /// Time of a chunk's first sample.
  long minTimeMillis(int chunk) {
    return minTimes[chunk];
  }

  /// Time of a chunk's last sample.
  long maxTimeMillis(int chunk) {
    return maxTimes[chunk];
  }

  long chunkRef(int chunk) {
    return chunkRefs[chunk];
  }
}
