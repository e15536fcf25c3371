package io.lamella.cli;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;

/// One hand-made block, published under many ULIDs.
final class CopiedBlocks {
  private CopiedBlocks() {}

  /// @param directory empty
  static MemoryObjectStore write(HandMadeBlock block, Path directory, int copies)
      throws IOException {
    MemoryObjectStore one = new MemoryObjectStore();
    BlockMeta meta = block.write(directory, one);
    MemoryObjectStore out = new MemoryObjectStore();
    for (int i = 0; i < copies; i++) {
      Ulid ulid = new Ulid(meta.ulid().high(), i);
      for (String name : HandMadeBlock.files(meta)) {
        out.put(
            BlockNames.directory(ulid).resolve(name),
            one.readAll(BlockNames.directory(meta.ulid()).resolve(name), 64 << 20));
      }
      HandMadeBlock.put(meta.withUlid(ulid), out);
    }
    return out;
  }
}
