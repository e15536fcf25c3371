package io.lamella.storage.block;

import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Finds the files of a block by their names, whatever their digest's directory is; for tests.
public final class BlockFiles {
  private BlockFiles() {}

  /// @param block the block's directory
  /// @param name as `0.labels.parquet`
  public static Path find(Path block, String name) throws IOException {
    try (Stream<Path> all = Files.walk(block)) {
      return all.filter(p -> p.endsWith(name)).findFirst().orElseThrow();
    }
  }

  public static ObjectKey find(ObjectStore store, Ulid block, String name)
      throws ObjectStoreException {
    try (Stream<ObjectEntry> all = store.list(BlockNames.directory(block).name() + "/")) {
      return all.map(ObjectEntry::key)
          .filter(k -> k.name().endsWith("/" + name))
          .findFirst()
          .orElseThrow();
    }
  }
}
