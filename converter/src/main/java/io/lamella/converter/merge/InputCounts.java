package io.lamella.converter.merge;

/// What became of the samples of each input. Not thread-safe; several are added up.
final class InputCounts {
  private final long[] read;
  private final long[] deleted;
  private final long[] kept;

  InputCounts(int inputs) {
    this.read = new long[inputs];
    this.deleted = new long[inputs];
    this.kept = new long[inputs];
  }

  /// Counts samples of the range.
  void read(int input, long samples) {
    read[input] += samples;
  }

  /// Counts samples that tombstones delete.
  void delete(int input, long samples) {
    deleted[input] += samples;
  }

  void keep(int input, long samples) {
    kept[input] += samples;
  }

  void add(InputCounts other) {
    for (int i = 0; i < read.length; i++) {
      read[i] += other.read[i];
      deleted[i] += other.deleted[i];
      kept[i] += other.kept[i];
    }
  }

  Merged.InputSamples of(int input, MergeInput source) {
    return new Merged.InputSamples(
        source.ulid(),
        read[input],
        deleted[input],
        read[input] - deleted[input] - kept[input],
        kept[input]);
  }
}
