package io.lamella.converter.parquet;

/// The sizes of row groups and pages, and the compression level.
///
/// @param rowGroupRows number of rows of a full row group
/// @param labelPageRows number of rows after which a label page ends with the next run of the sort
///   key
/// @param zstdLevel of every page
public record WriteSettings(
    int rowGroupRows, int labelPageRows, ChunkPageSizes chunkPages, int zstdLevel) {
  public static final WriteSettings DEFAULT =
      new WriteSettings(1_000_000, 4096, new ChunkPageSizes(8 << 10, 32 << 10, 256 << 10), 3);

  /// The sizes of chunk pages.
  ///
  /// @param ownPageBytes a run with at least this many bytes has pages of its own; smaller
  ///   neighbouring runs share one
  /// @param sharedPageBytes size at which a page of small runs ends
  /// @param maxPageBytes maximum size of a page, unless a single value is larger
  public record ChunkPageSizes(int ownPageBytes, int sharedPageBytes, int maxPageBytes) {}

  public WriteSettings {
    if (rowGroupRows < 1
        || labelPageRows < 1
        || chunkPages.ownPageBytes < 1
        || chunkPages.sharedPageBytes < 1
        || chunkPages.maxPageBytes < chunkPages.sharedPageBytes
        || zstdLevel < 1
        || zstdLevel > 22) {
      throw new IllegalArgumentException("cannot write with such settings: sizes must be positive");
    }
  }
}
