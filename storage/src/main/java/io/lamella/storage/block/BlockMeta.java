package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import java.util.List;
import java.util.Optional;

/// A block's `meta.json`: written last and only if absent, it is the commit point. No meta, no
/// block.
///
/// @param version of the format, [#VERSION]
/// @param minTimeMillis first instant of the block; `maxTimeMillis` is the first instant after it
/// @param columnMillis width of one data column
/// @param resolutionMillis 0 for raw samples
/// @param external labels that every series of the block carries besides its own, and instead of
///   its own of that name
/// @param sources the TSDB blocks that it was made of
/// @param replaces published blocks that it replaces, because later sources joined
/// @param samples counts of samples, as chunks state them
public record BlockMeta(
    int version,
    Ulid ulid,
    long minTimeMillis,
    long maxTimeMillis,
    long columnMillis,
    long resolutionMillis,
    Labels external,
    SortKey sortKey,
    List<Ulid> sources,
    List<Ulid> replaces,
    List<Shard> shards,
    long series,
    long chunks,
    long samples) {
  public static final int VERSION = 1;

  /// One pair of files.
  ///
  /// @param manifest absent in blocks of writers that make none
  public record Shard(
      long rows, int rowGroups, File labels, File chunks, Optional<Manifest> manifest) {
    public Shard(long rows, int rowGroups, File labels, File chunks) {
      this(rows, rowGroups, labels, chunks, Optional.empty());
    }

    public Shard {
      if (rows < 1 || rowGroups < 1 || rowGroups > rows) {
        throw new IllegalArgumentException(
            "cannot describe a shard of " + rows + " rows in " + rowGroups + " row groups");
      }
    }
  }

  /// One Parquet file.
  ///
  /// @param indexStart where the page indexes begin, which reach, with the footer behind them, to
  ///   the end of the file
  /// @param indexCrc32c checksum of the bytes from `indexStart` to the end
  /// @param sha256 of the whole file, 64 hex digits
  public record File(String name, long size, long indexStart, int indexCrc32c, String sha256) {
    public File {
      if (size < 12 || indexStart < 4 || indexStart > size - 8) {
        throw new IllegalArgumentException(
            "cannot describe file " + name + ": size " + size + ", index at " + indexStart);
      }
      if (sha256.length() != 64
          || !sha256.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
        throw new IllegalArgumentException(
            "cannot describe file " + name + ": digest \"" + sha256 + "\"");
      }
    }
  }

  /// The object that describes a shard in one read.
  ///
  /// @param crc32c of its bytes
  public record Manifest(String name, long size, int crc32c) {
    public Manifest {
      if (size < 1 || size > BlockManifest.MAX_BYTES) {
        throw new IllegalArgumentException("cannot describe manifest " + name + ": size " + size);
      }
    }
  }

  public BlockMeta {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "cannot read format version "
              + version
              + ", expected "
              + VERSION
              + "; use a newer Lamella");
    }
    if (maxTimeMillis <= minTimeMillis || columnMillis < 1 || resolutionMillis < 0) {
      throw new IllegalArgumentException(
          "cannot describe a block of ["
              + minTimeMillis
              + ", "
              + maxTimeMillis
              + ") in columns of "
              + columnMillis
              + " ms at resolution "
              + resolutionMillis);
    }
    sources = List.copyOf(sources);
    replaces = List.copyOf(replaces);
    shards = List.copyOf(shards);
  }

  public BlockMeta withUlid(Ulid ulid) {
    return new BlockMeta(
        version,
        ulid,
        minTimeMillis,
        maxTimeMillis,
        columnMillis,
        resolutionMillis,
        external,
        sortKey,
        sources,
        replaces,
        shards,
        series,
        chunks,
        samples);
  }

  public BlockMeta withSources(List<Ulid> sources) {
    return new BlockMeta(
        version,
        ulid,
        minTimeMillis,
        maxTimeMillis,
        columnMillis,
        resolutionMillis,
        external,
        sortKey,
        sources,
        replaces,
        shards,
        series,
        chunks,
        samples);
  }

  public BlockMeta withReplaces(List<Ulid> replaces) {
    return new BlockMeta(
        version,
        ulid,
        minTimeMillis,
        maxTimeMillis,
        columnMillis,
        resolutionMillis,
        external,
        sortKey,
        sources,
        replaces,
        shards,
        series,
        chunks,
        samples);
  }

  public BlockMeta withShards(List<Shard> shards) {
    return new BlockMeta(
        version,
        ulid,
        minTimeMillis,
        maxTimeMillis,
        columnMillis,
        resolutionMillis,
        external,
        sortKey,
        sources,
        replaces,
        shards,
        series,
        chunks,
        samples);
  }

  public BlockMeta withSamples(long samples) {
    return new BlockMeta(
        version,
        ulid,
        minTimeMillis,
        maxTimeMillis,
        columnMillis,
        resolutionMillis,
        external,
        sortKey,
        sources,
        replaces,
        shards,
        series,
        chunks,
        samples);
  }

  /// The closed range of instants that the block covers.
  public TimeRange range() {
    return new TimeRange(minTimeMillis, maxTimeMillis - 1);
  }

  public long bytes() {
    return shards.stream()
        .mapToLong(s ->
            s.labels().size() + s.chunks().size() + s.manifest().map(Manifest::size).orElse(0L))
        .sum();
  }
}
