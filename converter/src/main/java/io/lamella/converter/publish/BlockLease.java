package io.lamella.converter.publish;

import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.UncheckedObjectStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A lease on a block's directory: the object `leases/<ULID>/<role>-<attempt>`, written again every
/// few minutes. Writers hold one while they upload and commit, cleaners while they delete.
///
/// Each side first writes its lease and then lists the others, so at least one of two sees the
/// other: a cleaner gives way to a live writer, and a writer waits for a live cleaner.
///
/// Whether another lease is live is decided by the store's time alone: by the Last-Modified of both
/// in one listing. The holder decides by elapsed time, with a wide margin, because a request that
/// was sent takes effect later, up to [#IN_FLIGHT] (S3 refuses requests that were signed earlier):
///
/// - A lease is *fresh* for [#FRESH] after the start of its last successful write. Only the holder
///   of a fresh lease sends a commit, a delete or a renewal.
/// - Others take it for live for [#EXPIRY], which is longer than both together.
final class BlockLease implements AutoCloseable {
  static final String PREFIX = "leases/";
  static final Duration IN_FLIGHT = Duration.ofMinutes(15);
  static final Duration FRESH = Duration.ofMinutes(15);
  static final Duration RENEWAL = Duration.ofMinutes(5);
  static final Duration EXPIRY = Duration.ofHours(1);
  private static final Duration POLL = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(BlockLease.class);

  /// Who holds a lease.
  enum Role {
    WRITER,
    CLEANER;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The lease was not renewed in time, or is not there any more.
  static final class LeaseLostException extends IOException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(ObjectKey key, String why) {
      super("cannot use lease " + key + ": " + why + "; run again");
    }
  }

  private final ObjectStore store;
  private final LeaseTime time;
  private final Ulid block;
  private final ObjectKey key;
  private volatile Duration renewed;
  private volatile boolean ended;
  private volatile boolean kept;
  private Optional<LeaseTime.Background> renewal = Optional.empty();

  private BlockLease(ObjectStore store, LeaseTime time, Ulid block, ObjectKey key) {
    this.store = store;
    this.time = time;
    this.block = block;
    this.key = key;
    this.renewed = time.elapsed();
  }

  /// Writes a lease. It must be closed; [#keep] leaves the object to its expiry.
  ///
  /// @param attempt tells this lease from all others of the block
  static BlockLease take(ObjectStore store, LeaseTime time, Ulid block, Role role, String attempt)
      throws ObjectStoreException {
    ObjectKey key = new ObjectKey(PREFIX + block + "/" + role.text() + "-" + attempt);
    BlockLease lease = new BlockLease(store, time, block, key);
    lease.write();
    return lease;
  }

  /// Renews the lease beside the caller until it is closed.
  void renewInBackground() {
    renewal = Optional.of(time.start(this::renewals));
  }

  private void renewals() {
    try {
      while (!ended) {
        time.sleep(RENEWAL);
        if (!ended) {
          tryRenew();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryRenew() {
    try {
      renew();
    } catch (IOException e) {
      LOG.warn("lease not renewed object={} reason=\"{}\"", key, e.getMessage());
    }
  }

  /// Writes the lease again.
  ///
  /// @throws LeaseLostException where it is not fresh any more: others may have seen it expire
  void renew() throws IOException {
    requireFresh();
    write();
  }

  private void write() throws ObjectStoreException {
    Duration before = time.elapsed();
    store.put(key, ByteBuffer.wrap(key.name().getBytes(StandardCharsets.UTF_8)));
    renewed = before;
  }

  boolean isFresh() {
    return time.elapsed().minus(renewed).compareTo(FRESH) < 0;
  }

  void requireFresh() throws LeaseLostException {
    if (!isFresh()) {
      throw new LeaseLostException(key, "it was not renewed for " + FRESH.toMinutes() + " minutes");
    }
  }

  /// What a listing of the block's leases shows.
  ///
  /// @param now the store's time when the own lease was last written
  /// @param live roles of other live leases
  record Others(Instant now, List<Role> live) {
    Others {
      live = List.copyOf(live);
    }
  }

  /// Lists the block's leases.
  ///
  /// @throws LeaseLostException where the own one is not among them
  Others others() throws IOException {
    List<ObjectEntry> all = list(store, PREFIX + block + "/");
    Optional<Instant> own =
        all.stream().filter(e -> e.key().equals(key)).map(ObjectEntry::lastModified).findFirst();
    if (own.isEmpty()) {
      throw new LeaseLostException(key, "it is not in the listing");
    }
    List<Role> live = new ArrayList<>();
    for (ObjectEntry e : all) {
      if (!e.key().equals(key) && isLive(e, own.get())) {
        live.add(role(e.key()));
      }
    }
    return new Others(own.get(), live);
  }

  /// Waits until no other live lease is a cleaner's.
  void awaitCleaners() throws IOException, InterruptedException {
    while (others().live().contains(Role.CLEANER)) {
      LOG.info("waiting for a cleaner block={}", block);
      time.sleep(POLL);
      renew();
    }
  }

  static boolean isLive(ObjectEntry lease, Instant now) {
    return lease.lastModified().plus(EXPIRY).compareTo(now) >= 0;
  }

  private static Role role(ObjectKey key) {
    return key.lastSegment().startsWith(Role.CLEANER.text() + "-") ? Role.CLEANER : Role.WRITER;
  }

  static List<ObjectEntry> list(ObjectStore store, String prefix) throws ObjectStoreException {
    try (Stream<ObjectEntry> all = store.list(prefix)) {
      return all.toList();
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
  }

  /// Leaves the object in the bucket until it expires, because a request under its protection may
  /// still take effect.
  void keep() {
    kept = true;
  }

  /// Undoes [#keep]: nothing that was sent is still on its way.
  void release() {
    kept = false;
  }

  /// Ends the renewals and deletes the object, unless it is kept.
  @Override
  public void close() {
    ended = true;
    renewal.ifPresent(LeaseTime.Background::close);
    if (!kept) {
      try {
        store.delete(key);
      } catch (ObjectStoreException e) {
        LOG.warn("lease not deleted, it expires object={} reason=\"{}\"", key, e.getMessage());
      }
    }
  }
}
