package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ObjectVersion;
import java.util.Optional;

/// Decoded metadata of shards and files in memory, bounded by bytes: shards by their manifests,
/// files by their footers and page indexes.
public final class ShardMetadataCache {
  private final long maxBytes;
  private final Cache<FileVersion, BlockFile> files;
  private final Cache<FileVersion, ShardMetadata> shards;

  /// A file that can be read: its version and its Parquet metadata.
  public record BlockFile(FileVersion file, ParquetFileMetadata metadata) {
    public ObjectVersion version() {
      return file.object();
    }
  }

  /// Metadata of one shard.
  ///
  /// @param weight estimated bytes in memory
  public record ShardMetadata(BlockFile labels, BlockFile chunks, RunDirectory runs, long weight) {
    public ShardMetadata(BlockFile labels, BlockFile chunks, RunDirectory runs) {
      this(
          labels,
          chunks,
          runs,
          labels.metadata().memoryBytes() + chunks.metadata().memoryBytes() + runs.weight());
    }
  }

  /// @param maxBytes limit of the metadata of shards, and a second limit of the same size of the
  ///   metadata of files
  public ShardMetadataCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.files =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<FileVersion, BlockFile>weigher(
                (k, f) -> (int) Math.min(Integer.MAX_VALUE, f.metadata().memoryBytes()))
            .build();
    this.shards =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<FileVersion, ShardMetadata>weigher(
                (k, s) -> (int) Math.min(Integer.MAX_VALUE, s.weight()))
            .build();
  }

  /// The limit of the metadata of shards.
  public long maxBytes() {
    return maxBytes;
  }

  /// @param manifest version from the block's meta
  public Optional<ShardMetadata> shard(FileVersion manifest) {
    return Optional.ofNullable(shards.getIfPresent(manifest));
  }

  public void put(FileVersion manifest, ShardMetadata shard) {
    shards.put(manifest, shard);
  }

  /// @param file version from the block's meta
  public Optional<BlockFile> file(FileVersion file) {
    return Optional.ofNullable(files.getIfPresent(file));
  }

  public void put(FileVersion version, BlockFile file) {
    files.put(version, file);
  }

  /// Removes the metadata of an object that was replaced or deleted.
  public void invalidate(ObjectVersion object) {
    files.asMap().values().removeIf(f -> f.version().equals(object));
    shards
        .asMap()
        .values()
        .removeIf(s -> s.labels().version().equals(object) || s.chunks().version().equals(object));
  }
}
