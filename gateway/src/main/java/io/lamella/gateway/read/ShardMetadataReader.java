package io.lamella.gateway.read;

import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.fetch.SingleFlight;
import io.lamella.gateway.fetch.StaleObjectException;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the metadata of shards: from the manifest, one read a shard; or, where that is lost, from
/// the footer and page indexes of each file, one ranged read a file. Everything is checked against
/// the checksums in the block's meta.
///
/// Each read is of the version that the catalog listed. Where the store lists no ETags, the read of
/// a footer pins the file's version for every later read, and a manifest with another checksum was
/// replaced.
///
/// Concurrent requests for the same metadata are coalesced ([SingleFlight]). Manifests are cached
/// on disk over restarts; decoded metadata is cached in memory, in the [ShardMetadataCache].
public final class ShardMetadataReader {
  private static final Logger LOG = LoggerFactory.getLogger(ShardMetadataReader.class);

  private final ShardMetadataCache cache;
  private final PageCache pages;
  private final ScheduledReads store;
  private final FetchMetrics metrics;
  private final MetadataMemory memory;
  private final SingleFlight<FileVersion, ShardMetadata> manifests = new SingleFlight<>();
  private final SingleFlight<FileVersion, BlockFile> footers = new SingleFlight<>();

  /// @param pages whose disk cache holds manifests
  public ShardMetadataReader(
      ShardMetadataCache cache, PageCache pages, ScheduledReads store, FetchMetrics metrics) {
    this(cache, pages, store, metrics, MetadataMemory.ofThisProcess());
  }

  ShardMetadataReader(
      ShardMetadataCache cache,
      PageCache pages,
      ScheduledReads store,
      FetchMetrics metrics,
      MetadataMemory memory) {
    this.memory = memory;
    this.cache = cache;
    this.pages = pages;
    this.store = store;
    this.metrics = metrics;
  }

  /// How much metadata the cache holds, which is not memory of queries.
  public long cachedBytes() {
    return cache.maxBytes();
  }

  /// A shard's metadata, where it is in memory.
  public Optional<ShardMetadata> cached(BlockObjects block, BlockMeta.Shard shard) {
    return cache.shard(version(block, shard.manifest()));
  }

  /// A shard's metadata from its manifest; empty where the manifest is lost.
  ///
  /// @throws StaleObjectException where the manifest is another version than the block's meta names
  public Optional<ShardMetadata> shard(
      BlockObjects block, BlockMeta.Shard shard, QueryBudget budget)
      throws IOException, InterruptedException {
    BlockMeta.Manifest manifest = shard.manifest();
    FileVersion file = version(block, manifest);
    try {
      return Optional.of(
          once(
              new MetadataRequest<>(file, manifest.size(), manifests, () -> cache.shard(file)),
              () -> {
                ShardMetadata read = manifest(file, block, shard, manifest, budget);
                cache.put(file, read);
                return read;
              },
              budget));
    } catch (StaleObjectException e) {
      if (e.state() == StaleObjectException.State.REPLACED) {
        throw e;
      }
      // The footers hold the same metadata, at more reads.
      LOG.warn("no manifest, reading footers [object={}]", file.object().key());
      return Optional.empty();
    }
  }

  /// A file's metadata from its footer and page indexes.
  ///
  /// @throws StaleObjectException where there is no such object
  public BlockFile file(BlockObjects block, BlockMeta.File file, QueryBudget budget)
      throws IOException, InterruptedException {
    FileVersion version = version(block, file);
    long length = file.size() - file.indexStart();
    return once(
        new MetadataRequest<>(version, length, footers, () -> cache.file(version)),
        () -> {
          ObjectKey object = version.object().key();
          try (MetadataMemory.Held _ = memory.hold(length, object);
              MetadataMemory.Held _ = memory.holdDecoded(0, length, object)) {
            BlockFile read = footer(version, file, budget);
            cache.put(version, read);
            return read;
          }
        },
        budget);
  }

  private static FileVersion version(BlockObjects block, BlockMeta.Manifest manifest) {
    return new FileVersion(block.version(manifest.name(), manifest.size()), manifest.sha256());
  }

  private static FileVersion version(BlockObjects block, BlockMeta.File file) {
    return new FileVersion(block.version(file.name(), file.size()), file.sha256());
  }

  /// Metadata to read.
  ///
  /// @param bytes to read for it
  /// @param running reads of its kind
  /// @param cached the metadata, where it is cached
  private record MetadataRequest<V>(
      FileVersion file,
      long bytes,
      SingleFlight<FileVersion, V> running,
      Supplier<Optional<V>> cached) {}

  private <V> V once(MetadataRequest<V> request, Callable<V> work, QueryBudget budget)
      throws IOException, InterruptedException {
    Optional<V> cached = request.cached().get();
    if (cached.isPresent()) {
      return cached.get();
    }
    budget.reserveReads(1, request.bytes());
    List<V> out = new ArrayList<>(1);
    out.addAll(
        request
            .running()
            .run(
                budget,
                calls -> {
                  if (calls.join(request.file())) {
                    metrics.coalesced();
                    budget.countCoalesced(request.bytes());
                    return;
                  }
                  // A read may have completed since the lookup above.
                  request
                      .cached()
                      .get()
                      .ifPresentOrElse(out::add, () -> calls.start(List.of(request.file()), work));
                }));
    return out.getFirst();
  }

  private ShardMetadata manifest(
      FileVersion file,
      BlockObjects block,
      BlockMeta.Shard shard,
      BlockMeta.Manifest manifest,
      QueryBudget budget)
      throws IOException, InterruptedException {
    PageKey page = new PageKey(file, new ByteRange(0, manifest.size()));
    ObjectKey object = file.object().key();
    try (MetadataMemory.Held _ = memory.hold(manifest.size(), object)) {
      byte[] bytes = manifestBytes(page, manifest, budget);
      try (MetadataMemory.Held _ =
          memory.holdDecompressed(BlockManifest.bodyBytes(bytes), object)) {
        BlockManifest.Undecoded body = BlockManifest.decompress(bytes, shard, object.name());
        try (MetadataMemory.Held _ =
            memory.holdDecoded(body.runsMemory(), body.indexBytes(), object)) {
          BlockManifest m = body.decode();
          return new ShardMetadata(
              opened(block, shard.labels(), m.labelsTail()),
              opened(block, shard.chunks(), m.chunksTail()),
              m.runs());
        }
      }
    }
  }

  /// The checked bytes of a manifest, from the disk cache or the store.
  private byte[] manifestBytes(PageKey page, BlockMeta.Manifest manifest, QueryBudget budget)
      throws IOException, InterruptedException {
    Optional<ByteBuffer> onDisk = pages.findOnDisk(page);
    if (onDisk.isPresent()) {
      budget.countCached(CacheTier.DISK, 1, manifest.size());
    }
    byte[] bytes =
        array(onDisk.isPresent() ? onDisk.get() : store.read(page.object(), page.range(), budget));
    int checksum = BlockManifest.checksum(bytes);
    if (checksum != manifest.crc32c()) {
      pages.invalidate(page);
      CorruptBlockException corrupt =
          new CorruptBlockException(
              String.format(
                  "cannot read manifest: checksum %08x, expected %08x [object=%s]; convert this block again",
                  checksum, manifest.crc32c(), page.object().key()));
      throw page.object().etag().isEmpty() && onDisk.isEmpty()
          ? new StaleObjectException(page.object(), StaleObjectException.State.REPLACED, corrupt)
          : corrupt;
    }
    if (onDisk.isEmpty()) {
      pages.putOnDisk(page, ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  /// A file by the page indexes in its manifest.
  private static BlockFile opened(BlockObjects block, BlockMeta.File file, byte[] tail)
      throws CorruptBlockException {
    FileVersion version = version(block, file);
    return new BlockFile(
        version, ParquetFileMetadata.parse(tail, file.indexStart(), version.object().key().name()));
  }

  private BlockFile footer(FileVersion version, BlockMeta.File file, QueryBudget budget)
      throws IOException, InterruptedException {
    String name = version.object().key().name();
    ObjectStore.Tail tail = tail(version.object(), file, budget);
    if (tail.version().size() != file.size()) {
      throw new CorruptBlockException(
          "cannot read footer: "
              + tail.version().size()
              + " bytes, expected "
              + file.size()
              + " [object="
              + name
              + "]; convert this block again");
    }
    byte[] bytes = array(tail.bytes());
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    if ((int) crc.getValue() != file.indexCrc32c()) {
      throw new CorruptBlockException(
          String.format(
              "cannot read footer: checksum %08x, expected %08x [object=%s range=[%d, %d)]; convert this block again",
              (int) crc.getValue(), file.indexCrc32c(), name, file.indexStart(), file.size()));
    }
    return new BlockFile(
        new FileVersion(tail.version(), file.sha256()),
        ParquetFileMetadata.parse(bytes, file.indexStart(), name));
  }

  private ObjectStore.Tail tail(ObjectVersion object, BlockMeta.File file, QueryBudget budget)
      throws IOException, InterruptedException {
    if (object.etag().isEmpty()) {
      return store.readTail(object, file.size() - file.indexStart(), budget);
    }
    ByteRange range = new ByteRange(file.indexStart(), file.size());
    return new ObjectStore.Tail(object, store.read(object, range, budget));
  }

  private static byte[] array(ByteBuffer b) {
    byte[] out = new byte[b.remaining()];
    b.duplicate().get(out);
    return out;
  }
}
