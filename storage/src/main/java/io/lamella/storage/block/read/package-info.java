/// Reads published buckets and the bytes of blocks.
///
/// [PublishedBucket] lists a bucket and reads the metas. [ParquetFileMetadata] parses the footer
/// and the page indexes of a file; the page classes decode pages to strings, numbers and chunk
/// records. The callers decide which byte ranges are fetched and cached.
///
/// parquet-java parses the Thrift structures (footer, page indexes, page headers) and unpacks the
/// bits. Page headers, run lengths and block headers are checked here, for two reasons. First,
/// every length is checked before memory is allocated for it; parquet-java's readers allocate what
/// a page states. Second, a whole page is decoded to an array at once: in `PageDecoderBenchmark`
/// that takes an eighth to two thirds of the time of parquet-java's readers, which return one value
/// at a time. `FORMAT.md` has the numbers.
@NullMarked
package io.lamella.storage.block.read;

import org.jspecify.annotations.NullMarked;
