/// Reads the bytes of a block's files: the index at the end of a file into a [ParquetFileMetadata],
/// the pages that it points to into strings, numbers and chunk records.
///
/// Pure decoding: which ranges to fetch, in which order, and who keeps them is decided by the
/// callers (the gateway's read path, the converter's read-back). Every length is checked before it
/// is used, every page by its checksum.
@NullMarked
package io.lamella.storage.block.read;

import org.jspecify.annotations.NullMarked;
