/// Reads published buckets and the bytes of blocks.
///
/// [PublishedBucket] lists a bucket and reads the metas. [ParquetFileMetadata] decodes the index at
/// the end of a file; the page classes decode the pages that it names into strings, numbers and
/// chunk records.
///
/// Which byte ranges are fetched, in which order, and who keeps them is decided by the callers: the
/// gateway's read path and the verifier. Every length is checked before it is used, and every page
/// is checked by its checksum.
@NullMarked
package io.lamella.storage.block.read;

import org.jspecify.annotations.NullMarked;
