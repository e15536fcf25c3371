package io.lamella.converter.publish;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Digests;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes one block. Where it is killed, the bucket has the whole block, or files without a
/// meta, which readers do not see.
///
/// A committed block is never touched. Files go to a directory that is named by their digest, each
/// only if absent, so other bytes never get the same name and equal bytes are never written twice.
/// A [BlockLease] keeps cleaners away from them. Right before the meta, all files are checked once
/// more, under a lease that was just renewed.
public final class Publisher {
  /// The outcome of publishing. An outcome that is unknown even after reading back is an exception;
  /// the next run resolves it, and until then the lease protects the files.
  public enum PublishOutcome {
    DONE,
    LOST_TO_ANOTHER_WRITER
  }

  private static final int READ_BACK_BYTES = 8 << 20;
  private static final int ATTEMPTS = 3;
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final ObjectStore store;
  private final LeaseTime time;
  private final Supplier<String> attempts;

  public Publisher(ObjectStore store) {
    this(store, LeaseTime.system(), () -> UUID.randomUUID().toString());
  }

  /// @param attempts names that no other attempt has
  Publisher(ObjectStore store, LeaseTime time, Supplier<String> attempts) {
    this.store = store;
    this.time = time;
    this.attempts = attempts;
  }

  /// @param meta with the names that the files have in the bucket
  /// @param directory has the block's files, named as in the digest's directory
  /// @param atOnce files that are uploaded at a time
  /// @throws IOException where the store fails or returns other bytes than were sent; then nothing
  ///   is visible, or, after a lost response, the whole block
  public PublishOutcome publish(BlockMeta meta, Path directory, int atOnce)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      if (store.head(BlockNames.meta(meta.ulid())).isPresent()) {
        return PublishOutcome.LOST_TO_ANOTHER_WRITER;
      }
      try (BlockLease lease =
          BlockLease.take(store, time, meta.ulid(), BlockLease.Role.WRITER, attempts.get())) {
        lease.renewInBackground();
        lease.awaitCleaners();
        return commit(meta, upload(meta, directory, atOnce), lease);
      } catch (BlockLease.LeaseLostException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.warn("publishing again block={} reason=\"{}\"", meta.ulid(), e.getMessage());
      }
    }
  }

  /// Uploads and reads back all files.
  ///
  /// @return their versions in the store
  private List<ObjectVersion> upload(BlockMeta meta, Path directory, int atOnce)
      throws IOException, InterruptedException {
    ObjectKey block = BlockNames.directory(meta.ulid());
    List<Callable<ObjectVersion>> out = new ArrayList<>();
    for (BlockMeta.Shard s : meta.shards()) {
      out.add(() -> upload(block, s.labels().name(), s.labels().sha256(), directory));
      out.add(() -> upload(block, s.chunks().name(), s.chunks().sha256(), directory));
      out.add(() -> upload(block, s.manifest().name(), s.manifest().sha256(), directory));
    }
    return ParallelTasks.run(out, atOnce);
  }

  private ObjectVersion upload(ObjectKey block, String name, String sha256, Path directory)
      throws IOException {
    ObjectKey key = block.resolve(name);
    // Where the response is lost, the file is there or the next lines fail.
    try {
      store.putIfAbsent(key, directory.resolve(BlockNames.fileName(name)));
    } catch (ObjectStoreException.Unknown e) {
      LOG.info("response to an upload lost object={}", key);
    }
    ObjectVersion stored =
        store
            .head(key)
            .orElseThrow(() ->
                new IOException(
                    "cannot publish " + key + ": it is missing after its upload; run again"));
    String digest = digest(stored);
    if (!digest.equals(sha256)) {
      throw new IOException(
          "cannot publish "
              + key
              + ": digest read back "
              + digest
              + ", expected "
              + sha256
              + "; run again, and where it stays, once the object has been removed as debris");
    }
    return stored;
  }

  private String digest(ObjectVersion object) throws IOException {
    MessageDigest digest = Digests.newSha256();
    for (long at = 0; at < object.size(); at += READ_BACK_BYTES) {
      digest.update(
          store.read(object, new ByteRange(at, Math.min(object.size(), at + READ_BACK_BYTES))));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private PublishOutcome commit(BlockMeta meta, List<ObjectVersion> files, BlockLease lease)
      throws IOException, InterruptedException {
    lease.renew();
    lease.awaitCleaners();
    for (ObjectVersion f : files) {
      if (!store.head(f.key()).filter(f::equals).isPresent()) {
        throw new IOException(
            "cannot publish "
                + f.key()
                + ": it is not the version any more that was uploaded; run again");
      }
    }
    lease.requireFresh();
    ObjectKey key = BlockNames.meta(meta.ulid());
    byte[] json = BlockMetaJson.write(meta);
    lease.keep();
    try {
      PublishOutcome outcome =
          switch (store.putIfAbsent(key, ByteBuffer.wrap(json))) {
            case STORED -> PublishOutcome.DONE;
            case ALREADY_THERE -> PublishOutcome.LOST_TO_ANOTHER_WRITER;
          };
      lease.release();
      return outcome;
    } catch (ObjectStoreException failure) {
      return resolve(key, json, failure, lease);
    }
  }

  /// Reads the meta back after a failure, which may hide that it was written.
  private PublishOutcome resolve(
      ObjectKey key, byte[] json, ObjectStoreException failure, BlockLease lease)
      throws IOException {
    try {
      ByteBuffer there = store.readAll(key, BlockMetaJson.MAX_BYTES);
      lease.release();
      return there.equals(ByteBuffer.wrap(json))
          ? PublishOutcome.DONE
          : PublishOutcome.LOST_TO_ANOTHER_WRITER;
    } catch (ObjectStoreException e) {
      throw new IOException(
          "cannot publish "
              + key
              + ": the outcome is unknown, and reading back gave: "
              + e.getMessage()
              + "; run again",
          failure);
    }
  }
}
