package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.Ulid;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// One state of a source block, as the test wrote it. A later change of its files makes another
/// state.
///
/// @param external labels that its series get
/// @param span what its meta states, and the days that its samples are of
/// @param leaves the days of each uncompacted block in it; only its own where it is one
/// @param intact a copy of its files that nothing damages
/// @param change differs between two states of a block
record BucketBlock(
    Ulid ulid,
    Labels external,
    Span span,
    Map<Ulid, Set<Long>> leaves,
    Samples samples,
    Path intact,
    int change) {
  static final long DAY = 86_400_000;
  private static final int NO_TOMBSTONES_BYTES = 9;

  /// @param minMillis stated first instant
  /// @param maxMillis stated first instant after the block
  /// @param days numbers of the days since the epoch that have samples of it, before deletions
  record Span(long minMillis, long maxMillis, Set<Long> days) {}

  /// @param series the samples that no tombstone deletes
  /// @param deletedFrom the series of which tombstones have deleted samples
  record Samples(Map<Labels, SampleColumns> series, Set<Labels> deletedFrom) {
    Samples without(Map<Labels, SampleColumns> rest, Labels deleted) {
      Set<Labels> all = new TreeSet<>(deletedFrom);
      all.add(deleted);
      return new Samples(rest, all);
    }
  }

  Map<Labels, SampleColumns> series() {
    return samples.series;
  }

  /// Whether all samples are within what its meta states. Prometheus drops the others when it
  /// compacts the block.
  boolean isTrue() {
    return series().values().stream()
        .filter(s -> s.size() > 0)
        .allMatch(s -> s.times()[0] >= span.minMillis && s.times()[s.size() - 1] < span.maxMillis);
  }

  static Set<Long> days(Map<Labels, SampleColumns> series) {
    Set<Long> out = new TreeSet<>();
    for (SampleColumns s : series.values()) {
      for (int i = 0; i < s.size(); i++) {
        out.add(s.times()[i] / DAY);
      }
    }
    return out;
  }

  /// The leaves that have samples of a day.
  Set<Ulid> leaves(long day) {
    Set<Ulid> out = new TreeSet<>();
    leaves.forEach((leaf, days) -> {
      if (days.contains(day)) {
        out.add(leaf);
      }
    });
    return out;
  }

  /// Whether its files delete samples.
  boolean hasTombstones() {
    return intact.resolve("tombstones").toFile().length() > NO_TOMBSTONES_BYTES;
  }

  boolean isLeaf() {
    return leaves.keySet().equals(Set.of(ulid));
  }

  BucketBlock with(Samples other, Path copy) {
    return new BucketBlock(ulid, external, span, leaves, other, copy, change);
  }

  BucketBlock with(int number) {
    return new BucketBlock(ulid, external, span, leaves, samples, intact, number);
  }
}
