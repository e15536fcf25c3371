/// Variable-length integers (LEB128), read and written in one place for all formats of this module:
/// manifests, chunk records, chunks, TSDB files and Parquet pages. Independent of all of them.
@NullMarked
package io.lamella.storage.bytes;

import org.jspecify.annotations.NullMarked;
