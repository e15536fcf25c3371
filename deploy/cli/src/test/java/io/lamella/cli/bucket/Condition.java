package io.lamella.cli.bucket;

/// What a listing finds of a source block.
enum Condition {
  INTACT,
  /// Not in the bucket.
  ABSENT,
  NO_META,
  MARKED,
  DOWNSAMPLED,
  CORRUPT_META,
  IMPOSSIBLE_TIMES,
  MISSING_SEGMENT,
  SHORT_SEGMENT,
  FLIPPED_BYTE
}
