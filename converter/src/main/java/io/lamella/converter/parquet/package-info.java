/// Writes label and sample columns as `storage.block` says; alone imports the Parquet writer.
///
/// parquet-java's value encoders and Thrift structures are used directly, because the block needs
/// what its record writer cannot give: a dictionary on every label page, pages that end where a run
/// of the sort key ends, `sorting_columns`, and checksums known when the file is done.
@NullMarked
package io.lamella.converter.parquet;

import org.jspecify.annotations.NullMarked;
