package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The result of reading one block's `meta.json`.
public sealed interface MetaRead {
  /// The meta, which names the block that it was read for.
  record Found(BlockMeta meta) implements MetaRead {}

  /// There is no such object; it may have been deleted since the listing.
  record Absent(Ulid block) implements MetaRead {}

  /// The object is not a meta of this block.
  ///
  /// @param what the reason, without the object's name
  record Unreadable(Ulid block, String what) implements MetaRead {
    public BrokenBlock broken() {
      return new BrokenBlock(
          block,
          "cannot read block meta: "
              + what
              + " [object="
              + BlockNames.meta(block)
              + "]; delete this object and convert this block again");
    }
  }

  /// The meta, for callers that need it.
  ///
  /// @throws IOException where it is absent or unreadable
  default BlockMeta require() throws IOException {
    return switch (this) {
      case Found(BlockMeta meta) -> meta;
      case Absent(Ulid block) ->
          throw new IOException("cannot read block " + block + ": it has no meta.json");
      case Unreadable u -> throw new IOException(u.broken().reason());
    };
  }

  /// Reads a block's meta with one request.
  ///
  /// @throws IOException where the store fails
  static MetaRead of(Ulid block, ObjectStore store) throws IOException {
    ByteBuffer bytes;
    try {
      bytes = store.readAll(BlockNames.meta(block), BlockMetaJson.MAX_BYTES);
    } catch (ObjectStoreException.NotFound e) {
      return new Absent(block);
    } catch (ObjectStoreException.TooLarge e) {
      return new Unreadable(block, "more than " + BlockMetaJson.MAX_BYTES + " bytes");
    }
    byte[] json = new byte[bytes.remaining()];
    bytes.get(json);
    BlockMeta meta;
    try {
      meta = BlockMetaJson.read(json, BlockNames.meta(block).name());
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Unreadable(block, String.valueOf(cause.getMessage()));
    }
    return meta.ulid().equals(block)
        ? new Found(meta)
        : new Unreadable(block, "it is the meta of block " + meta.ulid());
  }
}
