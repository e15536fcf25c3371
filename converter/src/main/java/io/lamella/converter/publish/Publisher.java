package io.lamella.converter.publish;

import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Publishes one block. Where it is killed, the bucket has the whole block, or files without a
/// meta. Readers do not see such files, and the next run with the same work item overwrites them
/// with the same bytes.
public final class Publisher {
  /// The outcome of publishing. An outcome that is unknown even after reading back is an exception.
  public enum PublishOutcome {
    DONE,
    LOST_TO_ANOTHER_WRITER
  }

  private static final int READ_BACK_BYTES = 8 << 20;

  private final ObjectStore store;

  public Publisher(ObjectStore store) {
    this.store = store;
  }

  /// @param directory has the block's files, named as in the digest's directory
  /// @throws IOException where the store fails or returns other bytes than were sent; then nothing
  ///   is visible
  public PublishOutcome publish(BlockMeta meta, Path directory) throws IOException {
    ObjectKey metaKey = BlockNames.meta(meta.ulid());
    if (store.head(metaKey).isPresent()) {
      return PublishOutcome.LOST_TO_ANOTHER_WRITER;
    }
    ObjectKey block = BlockNames.directory(meta.ulid());
    for (BlockMeta.Shard shard : meta.shards()) {
      upload(block, shard.labels(), directory);
      upload(block, shard.chunks(), directory);
      upload(block, shard.manifest(), directory);
    }
    byte[] json = BlockMetaJson.write(meta);
    try {
      return switch (store.putIfAbsent(metaKey, ByteBuffer.wrap(json))) {
        case STORED -> PublishOutcome.DONE;
        case ALREADY_THERE -> PublishOutcome.LOST_TO_ANOTHER_WRITER;
      };
    } catch (ObjectStoreException.Unknown unknown) {
      return resolve(metaKey, json, unknown);
    }
  }

  /// Reads the meta back after a lost response, to find out whether it was written.
  private PublishOutcome resolve(
      ObjectKey metaKey, byte[] json, ObjectStoreException.Unknown unknown) throws IOException {
    try {
      ByteBuffer there = store.readAll(metaKey, BlockMetaJson.MAX_BYTES);
      return there.equals(ByteBuffer.wrap(json))
          ? PublishOutcome.DONE
          : PublishOutcome.LOST_TO_ANOTHER_WRITER;
    } catch (ObjectStoreException.NotFound e) {
      throw new IOException(
          "cannot publish "
              + metaKey
              + ": the store's response was lost and the object is missing; run again",
          unknown);
    }
  }

  private void upload(ObjectKey block, BlockMeta.File file, Path directory) throws IOException {
    ObjectVersion stored = put(block, file.name(), file.size(), directory);
    String digest = digest(stored);
    if (!digest.equals(file.sha256())) {
      throw readBack(stored.key(), "digest", digest, file.sha256());
    }
  }

  private void upload(ObjectKey block, BlockMeta.Manifest file, Path directory) throws IOException {
    ObjectVersion stored = put(block, file.name(), file.size(), directory);
    ByteBuffer back = store.read(stored, new ByteRange(0, stored.size()));
    byte[] bytes = new byte[back.remaining()];
    back.get(bytes);
    int checksum = BlockManifest.checksum(bytes);
    if (checksum != file.crc32c()) {
      throw readBack(
          stored.key(),
          "checksum",
          Integer.toHexString(checksum),
          Integer.toHexString(file.crc32c()));
    }
  }

  private ObjectVersion put(ObjectKey block, String name, long size, Path directory)
      throws IOException {
    ObjectKey key = block.resolve(name);
    ObjectVersion stored = store.put(key, directory.resolve(BlockNames.fileName(name)));
    if (stored.size() != size) {
      throw new IOException(
          "cannot publish "
              + key
              + ": "
              + stored.size()
              + " bytes arrived, expected "
              + size
              + "; run again");
    }
    return stored;
  }

  private static IOException readBack(ObjectKey key, String what, String actual, String expected) {
    return new IOException(
        "cannot publish "
            + key
            + ": "
            + what
            + " read back "
            + actual
            + ", expected "
            + expected
            + "; run again");
  }

  private String digest(ObjectVersion object) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (long at = 0; at < object.size(); at += READ_BACK_BYTES) {
        digest.update(
            store.read(object, new ByteRange(at, Math.min(object.size(), at + READ_BACK_BYTES))));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
