package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes the files of source blocks.
interface BlockFactory {
  /// What a meta states.
  ///
  /// @param sources the uncompacted blocks in it
  record Stated(Ulid ulid, Labels external, long minMillis, long maxMillis, Set<Ulid> sources) {}

  /// Whether samples keep their start timestamps.
  boolean hasStartTimes();

  /// Writes a block into a directory of its name below `root`, whatever times its meta states.
  void write(Path root, Stated stated, Map<Labels, SampleColumns> series) throws IOException;

  /// Deletes samples of one series by a tombstone.
  void delete(Path block, Labels series, TimeRange range) throws IOException;

  /// Merges blocks to one.
  ///
  /// @param series what the result has
  void compact(Path root, Stated stated, List<Path> blocks, Map<Labels, SampleColumns> series)
      throws IOException;
}
