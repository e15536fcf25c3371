package io.lamella.converter.parquet;

/// How files are cut and compressed.
///
/// @param rowGroupRows rows of a full row group
/// @param labelPageRows rows after which a label page ends with the next run of the sort key
/// @param ownPageBytes a run with at least so many bytes of chunks has pages of its own; smaller
///   neighbours share one
/// @param sharedPageBytes size at which a page of small runs ends
/// @param maxPageBytes no page of chunks grows beyond it, unless a single value does
/// @param zstdLevel of every page
public record WriteSettings(
    int rowGroupRows,
    int labelPageRows,
    int ownPageBytes,
    int sharedPageBytes,
    int maxPageBytes,
    int zstdLevel) {
  public static final WriteSettings DEFAULT =
      new WriteSettings(1_000_000, 4096, 8 << 10, 32 << 10, 256 << 10, 3);

  public WriteSettings {
    if (rowGroupRows < 1
        || labelPageRows < 1
        || ownPageBytes < 1
        || sharedPageBytes < 1
        || maxPageBytes < sharedPageBytes
        || zstdLevel < 1
        || zstdLevel > 22) {
      throw new IllegalArgumentException("cannot write with such settings: sizes must be positive");
    }
  }
}
