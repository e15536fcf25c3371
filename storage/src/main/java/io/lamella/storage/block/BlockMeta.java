package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import java.util.List;
import java.util.Optional;

/// The content of a block's `meta.json`. The file is written last and only if absent; a block
/// without it does not exist.
///
/// @param coverage the stream and the time range of its samples
/// @param lineage the blocks that it was made of and those that it replaces
/// @param counts as the files contain them
public record BlockMeta(
    Ulid ulid, Coverage coverage, Lineage lineage, Structure structure, Counts counts) {
  /// The version of the format that this code reads and writes.
  public static final int VERSION = 1;

  /// The samples that a block is about: those of one stream in one time range.
  ///
  /// @param external labels that every series of the block has; they replace labels of the series
  ///   with the same names
  /// @param minTimeMillis first instant; `maxTimeMillis` is the first instant after the range
  /// @param resolutionMillis 0 for raw samples
  public record Coverage(
      Labels external, long minTimeMillis, long maxTimeMillis, long resolutionMillis) {
    /// Raw samples of a time range.
    public static Coverage raw(Labels external, long minTimeMillis, long maxTimeMillis) {
      return new Coverage(external, minTimeMillis, maxTimeMillis, 0);
    }
  }

  /// Where a block comes from.
  ///
  /// @param sources the uncompacted TSDB blocks that it was made of
  /// @param replaces published blocks that it replaces, because it has more sources than they
  public record Lineage(List<Ulid> sources, List<Ulid> replaces) {
    public Lineage {
      sources = List.copyOf(sources);
      replaces = List.copyOf(replaces);
    }
  }

  /// How the samples are divided into rows, columns and files.
  ///
  /// @param columnMillis width of one data column
  public record Structure(SortKey sortKey, long columnMillis, List<Shard> shards) {
    public Structure {
      shards = List.copyOf(shards);
    }
  }

  /// How much a block contains.
  ///
  /// @param samples the sum of the sample counts of its chunks
  public record Counts(long series, long chunks, long samples) {}

  /// One pair of files.
  ///
  /// @param manifest absent where the writer made none
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
  /// @param indexStart offset of the first page index; the page indexes and the footer are the rest
  ///   of the file
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

  /// The object with all metadata of a shard.
  ///
  /// @param crc32c checksum of its bytes
  public record Manifest(String name, long size, int crc32c) {
    public Manifest {
      if (size < 1 || size > BlockManifest.MAX_BYTES) {
        throw new IllegalArgumentException("cannot describe manifest " + name + ": size " + size);
      }
    }
  }

  public BlockMeta {
    if (coverage.maxTimeMillis <= coverage.minTimeMillis
        || structure.columnMillis < 1
        || coverage.resolutionMillis < 0) {
      throw new IllegalArgumentException(
          "cannot describe a block of ["
              + coverage.minTimeMillis
              + ", "
              + coverage.maxTimeMillis
              + ") in columns of "
              + structure.columnMillis
              + " ms at resolution "
              + coverage.resolutionMillis);
    }
  }

  public long minTimeMillis() {
    return coverage.minTimeMillis;
  }

  public long maxTimeMillis() {
    return coverage.maxTimeMillis;
  }

  public long resolutionMillis() {
    return coverage.resolutionMillis;
  }

  public Labels external() {
    return coverage.external;
  }

  public List<Ulid> sources() {
    return lineage.sources;
  }

  public List<Ulid> replaces() {
    return lineage.replaces;
  }

  public SortKey sortKey() {
    return structure.sortKey;
  }

  public long columnMillis() {
    return structure.columnMillis;
  }

  public List<Shard> shards() {
    return structure.shards;
  }

  public BlockMeta withUlid(Ulid ulid) {
    return new BlockMeta(ulid, coverage, lineage, structure, counts);
  }

  public BlockMeta withSources(List<Ulid> sources) {
    return new BlockMeta(ulid, coverage, new Lineage(sources, lineage.replaces), structure, counts);
  }

  public BlockMeta withReplaces(List<Ulid> replaces) {
    return new BlockMeta(ulid, coverage, new Lineage(lineage.sources, replaces), structure, counts);
  }

  public BlockMeta withShards(List<Shard> shards) {
    return new BlockMeta(
        ulid,
        coverage,
        lineage,
        new Structure(structure.sortKey, structure.columnMillis, shards),
        counts);
  }

  public BlockMeta withSamples(long samples) {
    return new BlockMeta(
        ulid, coverage, lineage, structure, new Counts(counts.series, counts.chunks, samples));
  }

  /// The closed range of instants that the block covers.
  public TimeRange range() {
    return new TimeRange(minTimeMillis(), maxTimeMillis() - 1);
  }

  /// The size of all objects of all shards.
  public long bytes() {
    return shards().stream()
        .mapToLong(s ->
            s.labels().size() + s.chunks().size() + s.manifest().map(Manifest::size).orElse(0L))
        .sum();
  }
}
