package io.lamella.converter.parquet;

/// The sizes of shards, row groups and pages, and the compression level. FORMAT.md says how the
/// defaults were chosen.
///
/// A size that ends something at the end of a run of the sort key is about half of the size that
/// ends it inside a run: so only runs that are large themselves are cut.
///
/// @param labelPageRows number of rows after which a label page ends with the next run; inside a
///   run it ends after twice as many. A shard with many label columns has longer pages
/// @param zstdLevel of every page
public record WriteSettings(
    ShardSizes shards,
    RowGroupSizes rowGroups,
    int labelPageRows,
    ChunkPageSizes chunkPages,
    int zstdLevel) {
  public static final WriteSettings DEFAULT =
      new WriteSettings(
          ShardSizes.DEFAULT,
          RowGroupSizes.DEFAULT,
          2048,
          new ChunkPageSizes(8 << 10, 32 << 10, 128 << 10),
          3);

  /// When a shard ends.
  ///
  /// @param maxRows most rows; a shard ends with a run that ends in the last quarter
  /// @param maxRuns most runs of the sort key
  /// @param maxLabelNames most label columns, unless one series has more
  /// @param maxBytes most bytes of its chunks file, exceeded by one page; likewise
  public record ShardSizes(int maxRows, int maxRuns, int maxLabelNames, long maxBytes) {
    public static final ShardSizes DEFAULT = new ShardSizes(1_000_000, 1 << 15, 1000, 4L << 30);

    /// Go readers refuse files with more than 32,767 columns.
    private static final int MOST_LABEL_NAMES = 32_000;

    public ShardSizes {
      if (maxRows < 1
          || maxRuns < 1
          || maxLabelNames < 1
          || maxLabelNames > MOST_LABEL_NAMES
          || maxBytes < 1) {
        throw new IllegalArgumentException(
            "cannot write shards of "
                + maxRows
                + " rows, "
                + maxRuns
                + " runs, "
                + maxLabelNames
                + " label names and "
                + maxBytes
                + " bytes: expected 1 or more, and at most "
                + MOST_LABEL_NAMES
                + " label names");
      }
    }
  }

  /// When a row group ends.
  ///
  /// @param maxRows most rows
  /// @param dictionaryBytes size of the distinct label values after which a row group ends with the
  ///   next run; inside a run it ends after twice as many: a reader of one row reads the
  ///   dictionaries of its row group
  public record RowGroupSizes(int maxRows, int dictionaryBytes) {
    public static final RowGroupSizes DEFAULT = new RowGroupSizes(1_000_000, 256 << 10);

    public RowGroupSizes {
      if (maxRows < 1 || dictionaryBytes < 1) {
        throw new IllegalArgumentException(
            "cannot write row groups of "
                + maxRows
                + " rows and dictionaries of "
                + dictionaryBytes
                + " bytes: expected 1 or more");
      }
    }
  }

  /// The sizes of chunk pages.
  ///
  /// @param ownPageBytes a run with at least this many bytes has pages of its own; smaller
  ///   neighbouring runs share one
  /// @param sharedPageBytes size at which a page of small runs ends
  /// @param maxPageBytes maximum size of a page, unless a single value is larger
  public record ChunkPageSizes(int ownPageBytes, int sharedPageBytes, int maxPageBytes) {
    public ChunkPageSizes {
      if (ownPageBytes < 1 || sharedPageBytes < 1 || maxPageBytes < sharedPageBytes) {
        throw new IllegalArgumentException(
            "cannot write chunk pages of "
                + ownPageBytes
                + ", "
                + sharedPageBytes
                + " and at most "
                + maxPageBytes
                + " bytes");
      }
    }
  }

  public WriteSettings {
    if (labelPageRows < 1 || zstdLevel < 1 || zstdLevel > 22) {
      throw new IllegalArgumentException(
          "cannot write label pages of "
              + labelPageRows
              + " rows with zstd level "
              + zstdLevel
              + ": expected 1 or more, and a level of 1 to 22");
    }
  }

  public WriteSettings withShards(ShardSizes shards) {
    return new WriteSettings(shards, rowGroups, labelPageRows, chunkPages, zstdLevel);
  }

  public WriteSettings withRowGroups(RowGroupSizes rowGroups) {
    return new WriteSettings(shards, rowGroups, labelPageRows, chunkPages, zstdLevel);
  }

  public WriteSettings withLabelPageRows(int labelPageRows) {
    return new WriteSettings(shards, rowGroups, labelPageRows, chunkPages, zstdLevel);
  }

  public WriteSettings withChunkPages(ChunkPageSizes chunkPages) {
    return new WriteSettings(shards, rowGroups, labelPageRows, chunkPages, zstdLevel);
  }
}
