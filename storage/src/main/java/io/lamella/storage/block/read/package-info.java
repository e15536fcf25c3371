/// Reads published buckets and the bytes of blocks.
///
/// [PublishedBucket] lists a bucket and reads the metas. [ParquetFileMetadata] decodes the index at
/// the end of a file; the page classes decode the pages that it names into strings, numbers and
/// chunk records. Which byte ranges are fetched, in which order, and who keeps them is decided by
/// the callers.
///
/// Of parquet-java it uses the Thrift structures (footer, page indexes, page headers) and the
/// generated bit unpackers. The frames of pages and encodings are read here, for two reasons. Every
/// length is checked before it sizes or indexes anything; parquet-java's readers size buffers by
/// what a page states. And whole pages become arrays at once: by `PageDecoderBenchmark` our
/// decoders take an eighth to two thirds of the time of parquet-java's readers, which give one
/// value a call. `FORMAT.md` has the numbers.
@NullMarked
package io.lamella.storage.block.read;

import org.jspecify.annotations.NullMarked;
