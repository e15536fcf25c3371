package io.lamella.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ObjectVersion;
import java.util.Optional;

/// What is known of shards before their data is asked for, decoded and bounded by bytes: whole
/// shards by their manifests, single files by their footers and page indexes.
public final class ShardMetadataCache {
  private final Cache<FileVersion, BlockFile> files;
  private final Cache<FileVersion, ShardMetadata> shards;

  /// A file that may be read: its version and where everything in it lies.
  public record BlockFile(FileVersion file, ParquetFileMetadata layout) {
    public ObjectVersion version() {
      return file.object();
    }
  }

  /// All that is known of a shard before data is asked for.
  ///
  /// @param weight roughly the bytes that it takes in memory
  public record ShardMetadata(BlockFile labels, BlockFile chunks, RunDirectory runs, long weight) {}

  /// @param maxBytes of shards to keep, and as many of files
  public ShardMetadataCache(long maxBytes) {
    this.files =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<FileVersion, BlockFile>weigher(
                (k, f) -> (int) Math.min(Integer.MAX_VALUE, weight(f.layout())))
            .build();
    this.shards =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<FileVersion, ShardMetadata>weigher(
                (k, s) -> (int) Math.min(Integer.MAX_VALUE, s.weight()))
            .build();
  }

  /// Roughly the bytes that a layout takes in memory: a column is its arrays and its name, a page
  /// is an entry in each of them and two short bounds.
  private static long weight(ParquetFileMetadata layout) {
    long bytes = 256;
    for (ParquetFileMetadata.RowGroup group : layout.rowGroups()) {
      for (ColumnPages column : group.columns().values()) {
        bytes += 400 + 96L * column.pages();
      }
    }
    return bytes;
  }

  /// @param manifest as the block's meta tells of it
  public Optional<ShardMetadata> shard(FileVersion manifest) {
    return Optional.ofNullable(shards.getIfPresent(manifest));
  }

  public void put(FileVersion manifest, ShardMetadata shard) {
    shards.put(manifest, shard);
  }

  /// @param file as the block's meta tells of it
  public Optional<BlockFile> file(FileVersion file) {
    return Optional.ofNullable(files.getIfPresent(file));
  }

  public void put(FileVersion file, BlockFile opened) {
    files.put(file, opened);
  }

  /// Gives up what is known of an object that proved to be another version now.
  public void forget(ObjectVersion object) {
    files.asMap().values().removeIf(f -> f.version().equals(object));
    shards
        .asMap()
        .values()
        .removeIf(s -> s.labels().version().equals(object) || s.chunks().version().equals(object));
  }
}
