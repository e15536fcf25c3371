package io.lamella.storage.block;

import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The content of a block's `meta.json`. The file is written last and only if absent; a block
/// without it does not exist.
///
/// @param coverage the stream and the time range of its samples
/// @param lineage what it was made of, by which rules, and what it replaces
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
  /// @param sources the uncompacted TSDB blocks that it was made of, ascending
  /// @param inputs the TSDB blocks that were read, ascending
  /// @param replaces published blocks that it replaces; readers ignore those
  /// @param generation 0, or higher where the same inputs were converted once more
  /// @param createdBy program and version
  public record Lineage(
      List<Source> sources,
      List<Input> inputs,
      List<Ulid> replaces,
      Rules rules,
      int generation,
      String createdBy) {
    public Lineage {
      sources = List.copyOf(sources);
      inputs = List.copyOf(inputs);
      replaces = List.copyOf(replaces);
      if (generation < 0) {
        throw new IllegalArgumentException("cannot describe a block of generation " + generation);
      }
    }

    public Lineage withInputs(List<Input> inputs) {
      return new Lineage(sources, inputs, replaces, rules, generation, createdBy);
    }
  }

  /// An uncompacted TSDB block, which may be read as part of a compacted one.
  ///
  /// @param minTimeMillis first instant, `maxTimeMillis` the first instant after its samples: its
  ///   real range where the block itself was read, else the range of the smallest block that is
  ///   known to contain it
  /// @param samples its own count, [#UNKNOWN] where it is not known
  public record Source(Ulid ulid, long minTimeMillis, long maxTimeMillis, long samples) {
    public static final long UNKNOWN = -1;

    public Source {
      if (maxTimeMillis < minTimeMillis || samples < UNKNOWN) {
        throw new IllegalArgumentException(
            "cannot describe source "
                + ulid
                + " of ["
                + minTimeMillis
                + ", "
                + maxTimeMillis
                + ") with "
                + samples
                + " samples");
      }
    }
  }

  /// A TSDB block that was read, and what became of its samples of the block's time range.
  ///
  /// @param state 16 hex digits of a digest over name, size and ETag of its files and over its
  ///   external labels, so that a later change of the block in its bucket is noticed
  /// @param read the sum of the other three
  /// @param deleted by its tombstones
  /// @param deduplicated because another input has a sample of the same series at the same time
  public record Input(
      Ulid ulid, String state, long read, long deleted, long deduplicated, long kept) {
    /// An input that was not read yet.
    public static Input unread(Ulid ulid, String state) {
      return new Input(ulid, state, 0, 0, 0, 0);
    }

    public Input {
      Digests.checkState(state, "input " + ulid);
      if (deleted < 0 || deduplicated < 0 || kept < 0 || read != deleted + deduplicated + kept) {
        throw new IllegalArgumentException(
            "cannot describe input "
                + ulid
                + ": "
                + read
                + " samples read, but "
                + deleted
                + " deleted, "
                + deduplicated
                + " deduplicated and "
                + kept
                + " kept");
      }
    }
  }

  /// The rules of a conversion that change its result.
  ///
  /// @param replicaLabels external labels that distinguish replicas; removed
  /// @param dedup which samples of replicas are kept
  /// @param foldLabels external labels that became labels of every series of their input
  public record Rules(Set<String> replicaLabels, Dedup dedup, List<String> foldLabels) {
    /// No replicas and no folding.
    public static final Rules NONE = new Rules(Set.of(), Dedup.MERGE, List.of());

    public Rules {
      replicaLabels = Set.copyOf(replicaLabels);
      foldLabels = List.copyOf(foldLabels);
    }
  }

  /// Which samples are kept where several inputs have a series.
  public enum Dedup {
    /// All of them; at one instant that of the input with the lowest ULID.
    MERGE,
    /// Those of one replica at a time, as Thanos' penalty algorithm chooses.
    PENALTY
  }

  /// How the samples are divided into rows, columns and files.
  ///
  /// @param columnMillis width of one data column
  /// @param shards in the order of the sort key; none where the time range has no sample
  public record Structure(SortKey sortKey, long columnMillis, List<Shard> shards) {
    public Structure {
      shards = List.copyOf(shards);
      List<List<String>> keys = new ArrayList<>();
      for (Shard s : shards) {
        keys.add(s.firstKey);
        keys.add(s.lastKey);
      }
      for (int i = 0; i < keys.size(); i++) {
        if (keys.get(i).size() != sortKey.labels().size()
            || i > 0 && SortKey.compare(keys.get(i - 1), keys.get(i)) > 0) {
          throw new IllegalArgumentException(
              "cannot describe shards sorted by " + sortKey + " with the keys " + keys);
        }
      }
    }
  }

  /// SHA-256 over those of all files, in hex.
  public String digest() {
    StringBuilder all = new StringBuilder();
    for (Shard s : shards()) {
      all.append(s.labels().sha256()).append(s.chunks().sha256()).append(s.manifest().sha256());
    }
    return Digests.sha256(all.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /// How much a block contains.
  ///
  /// @param samples the sum of the sample counts of its chunks
  /// @param firstMillis time of the first sample, `lastMillis` that of the last one; 0 where there
  ///   is none
  public record Counts(long series, long chunks, long samples, long firstMillis, long lastMillis) {
    /// Those of a block without samples.
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);
  }

  /// One pair of files and their manifest.
  ///
  /// @param firstKey the values of the sort key's labels in the first row, "" for an absent label;
  ///   `lastKey` those in the last row
  public record Shard(
      long rows,
      int rowGroups,
      List<String> firstKey,
      List<String> lastKey,
      File labels,
      File chunks,
      Manifest manifest) {
    public Shard {
      firstKey = List.copyOf(firstKey);
      lastKey = List.copyOf(lastKey);
      if (rows < 1 || rowGroups < 1 || rowGroups > rows) {
        throw new IllegalArgumentException(
            "cannot describe a shard of " + rows + " rows in " + rowGroups + " row groups");
      }
    }

    /// The same shard with the files in a directory.
    ///
    /// @param directory ends in a slash, or is empty
    public Shard in(String directory) {
      return new Shard(
          rows,
          rowGroups,
          firstKey,
          lastKey,
          labels.in(directory),
          chunks.in(directory),
          manifest.in(directory));
    }

    public Shard withLabels(File labels) {
      return new Shard(rows, rowGroups, firstKey, lastKey, labels, chunks, manifest);
    }

    public Shard withManifest(Manifest manifest) {
      return new Shard(rows, rowGroups, firstKey, lastKey, labels, chunks, manifest);
    }

    public long bytes() {
      return labels.size + chunks.size + manifest.size;
    }
  }

  /// One Parquet file.
  ///
  /// @param name relative to the block's directory
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
      Digests.checkSha256(sha256, "file " + name);
    }

    File in(String directory) {
      return new File(directory + BlockNames.fileName(name), size, indexStart, indexCrc32c, sha256);
    }
  }

  /// The object with all metadata of a shard.
  ///
  /// @param name relative to the block's directory
  /// @param crc32c checksum of its bytes
  /// @param sha256 of its bytes, 64 hex digits
  public record Manifest(String name, long size, int crc32c, String sha256) {
    public Manifest {
      if (size < 1 || size > BlockManifest.MAX_BYTES) {
        throw new IllegalArgumentException("cannot describe manifest " + name + ": size " + size);
      }
      Digests.checkSha256(sha256, "manifest " + name);
    }

    /// The description of a manifest's bytes.
    public static Manifest of(String name, byte[] bytes) {
      return new Manifest(name, bytes.length, BlockManifest.checksum(bytes), Digests.sha256(bytes));
    }

    Manifest in(String directory) {
      return new Manifest(directory + BlockNames.fileName(name), size, crc32c, sha256);
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
    boolean empty = structure.shards.isEmpty();
    if (empty != counts.equals(Counts.NONE)
        || !empty
            && (counts.firstMillis < coverage.minTimeMillis
                || counts.lastMillis < counts.firstMillis
                || counts.lastMillis >= coverage.maxTimeMillis)) {
      throw new IllegalArgumentException(
          "cannot describe a block of ["
              + coverage.minTimeMillis
              + ", "
              + coverage.maxTimeMillis
              + ") in "
              + structure.shards.size()
              + " shards with "
              + counts);
    }
  }

  /// True for a block that remembers that its time range has no sample. Readers ignore it.
  public boolean isEmpty() {
    return structure.shards.isEmpty();
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

  public List<Source> sources() {
    return lineage.sources;
  }

  /// The identifiers of the sources.
  public List<Ulid> sourceUlids() {
    return lineage.sources.stream().map(Source::ulid).toList();
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

  public BlockMeta withLineage(Lineage lineage) {
    return new BlockMeta(ulid, coverage, lineage, structure, counts);
  }

  /// What readers of the block's data need: without sources and inputs, of which a block of many
  /// streams has thousands.
  public BlockMeta forReaders() {
    return withLineage(
        new Lineage(
            List.of(),
            List.of(),
            lineage.replaces,
            lineage.rules,
            lineage.generation,
            lineage.createdBy));
  }

  public BlockMeta withReplaces(List<Ulid> replaces) {
    return withLineage(
        new Lineage(
            lineage.sources,
            lineage.inputs,
            replaces,
            lineage.rules,
            lineage.generation,
            lineage.createdBy));
  }

  public BlockMeta withShards(List<Shard> shards) {
    return new BlockMeta(
        ulid,
        coverage,
        lineage,
        new Structure(structure.sortKey, structure.columnMillis, shards),
        counts);
  }

  public BlockMeta withCounts(Counts counts) {
    return new BlockMeta(ulid, coverage, lineage, structure, counts);
  }

  /// The approximate number of bytes that this uses in memory.
  public long memoryBytes() {
    long[] bytes = {
      512
          + 2L * lineage.createdBy.length()
          + 40L * lineage.replaces.size()
          + 80L * lineage.sources.size()
          + 160L * lineage.inputs.size()
    };
    external().forEach((name, value) -> bytes[0] += text(name) + text(value));
    sortKey().labels().forEach(l -> bytes[0] += text(l));
    lineage.rules.replicaLabels.forEach(l -> bytes[0] += text(l));
    lineage.rules.foldLabels.forEach(l -> bytes[0] += text(l));
    for (Shard s : shards()) {
      bytes[0] += 1024;
      s.firstKey.forEach(v -> bytes[0] += text(v));
      s.lastKey.forEach(v -> bytes[0] += text(v));
    }
    return bytes[0];
  }

  private static long text(String s) {
    return 56 + s.length();
  }

  /// The closed range of instants that the block covers.
  public TimeRange range() {
    return new TimeRange(minTimeMillis(), maxTimeMillis() - 1);
  }

  /// The size of all objects of all shards.
  public long bytes() {
    return shards().stream().mapToLong(Shard::bytes).sum();
  }
}
