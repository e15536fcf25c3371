package io.lamella.converter.publish;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.block.read.MetaRead;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes files of killed or beaten writers from a bucket: those in the directory of a block that
/// has no meta, or whose meta names others.
///
/// Ages are taken from the store: the Last-Modified of an object against that of one that was just
/// written. Before each delete the directory is listed again. Nothing is removed while a writer has
/// a live [BlockLease] on the block.
public final class DebrisCleaner {
  private static final Logger LOG = LoggerFactory.getLogger(DebrisCleaner.class);

  private final ObjectStore store;
  private final Duration delay;
  private final LeaseTime time;
  private final Supplier<String> attempts;

  /// @param delay files that are younger are not removed
  public DebrisCleaner(ObjectStore store, Duration delay) {
    this(store, delay, LeaseTime.system(), () -> UUID.randomUUID().toString());
  }

  DebrisCleaner(ObjectStore store, Duration delay, LeaseTime time, Supplier<String> attempts) {
    this.store = store;
    this.delay = delay;
    this.time = time;
    this.attempts = attempts;
  }

  /// Cleans the bucket.
  ///
  /// @return the number of objects that were removed
  /// @throws IOException where the store fails; the rest waits for the next call
  public int clean() throws IOException {
    ObjectKey clock = new ObjectKey(BlockLease.PREFIX + "clock-" + attempts.get());
    store.put(clock, ByteBuffer.wrap(new byte[] {'0'}));
    List<ObjectEntry> leases = BlockLease.list(store, BlockLease.PREFIX);
    Optional<Instant> written =
        leases.stream()
            .filter(e -> e.key().equals(clock))
            .map(ObjectEntry::lastModified)
            .findFirst();
    store.delete(clock);
    if (written.isEmpty()) {
      // Another cleaner took it for an old one, or it was deleted by hand.
      return 0;
    }
    Instant now = written.get();
    Set<Ulid> leased = removeExpired(leases, now);
    int removed = 0;
    for (ListedBlock b : PublishedBucket.list(store)) {
      if (!leased.contains(b.block()) && mayHaveDebris(b, now)) {
        removed += clean(b.block());
      }
    }
    return removed;
  }

  /// Deletes expired leases. Their holders do not renew them any more.
  ///
  /// @return blocks with live leases
  private Set<Ulid> removeExpired(List<ObjectEntry> leases, Instant now)
      throws ObjectStoreException {
    Set<Ulid> live = new HashSet<>();
    for (ObjectEntry e : leases) {
      String name = e.key().name().substring(BlockLease.PREFIX.length());
      String block = name.substring(0, Math.max(0, name.indexOf('/')));
      if (!BlockLease.isLive(e, now)) {
        store.delete(e.key());
      } else if (Ulid.isUlid(block)) {
        live.add(Ulid.parse(block));
      }
    }
    return live;
  }

  /// Whether it is worth a closer look: an old object, and no meta or the files of several writers.
  private boolean mayHaveDebris(ListedBlock b, Instant now) {
    Set<String> directories =
        b.objects().stream()
            .filter(e -> isFile(e.key()))
            .map(e -> e.key().name().substring(0, e.key().name().lastIndexOf('/')))
            .collect(Collectors.toSet());
    return (b.meta().isEmpty() || directories.size() > 1)
        && b.objects().stream().anyMatch(e -> isOld(e, now));
  }

  private boolean isOld(ObjectEntry e, Instant now) {
    return e.lastModified().plus(delay).isBefore(now);
  }

  /// Whether the object is a file that a writer uploaded: neither the meta nor a mark.
  private static boolean isFile(ObjectKey key) {
    return !key.lastSegment().equals(BlockNames.META)
        && !key.lastSegment().equals(BlockNames.DELETION_MARK);
  }

  private int clean(Ulid block) throws IOException {
    try (BlockLease lease =
        BlockLease.take(store, time, block, BlockLease.Role.CLEANER, attempts.get())) {
      BlockLease.Others others = lease.others();
      if (others.live().contains(BlockLease.Role.WRITER)) {
        return 0;
      }
      int removed = 0;
      // The lease stays where a delete fails, because it may take effect later.
      lease.keep();
      Optional<ObjectKey> next = debris(block, others.now());
      while (next.isPresent() && lease.isFresh()) {
        store.delete(next.get());
        LOG.debug("debris removed object={}", next.get());
        removed++;
        next = debris(block, others.now());
      }
      lease.release();
      return removed;
    }
  }

  /// Lists the directory.
  ///
  /// @return an old file that no meta names
  private Optional<ObjectKey> debris(Ulid block, Instant now) throws IOException {
    List<ObjectEntry> listed = BlockLease.list(store, BlockNames.directory(block).name() + "/");
    Set<ObjectKey> named = new HashSet<>();
    if (listed.stream().anyMatch(e -> e.key().equals(BlockNames.meta(block)))) {
      switch (MetaRead.of(block, store)) {
        case MetaRead.Found(BlockMeta meta) -> named.addAll(files(meta));
        case MetaRead.Absent _, MetaRead.Unreadable _ -> {
          return Optional.empty();
        }
      }
    }
    return listed.stream()
        .filter(e -> isFile(e.key()) && !named.contains(e.key()) && isOld(e, now))
        .map(ObjectEntry::key)
        .findFirst();
  }

  private static Set<ObjectKey> files(BlockMeta meta) {
    Set<ObjectKey> out = new HashSet<>();
    ObjectKey block = BlockNames.directory(meta.ulid());
    for (BlockMeta.Shard s : meta.shards()) {
      out.add(block.resolve(s.labels().name()));
      out.add(block.resolve(s.chunks().name()));
      out.add(block.resolve(s.manifest().name()));
    }
    return out;
  }
}
