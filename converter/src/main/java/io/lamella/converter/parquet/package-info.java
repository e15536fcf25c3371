/// Writes label and sample columns as `storage.block` describes them; alone imports the Parquet
/// writer.
///
/// parquet-java encodes the values (`parquet-column`) and writes the Thrift structures. Its record
/// writer (`parquet-hadoop`) is not used, because it cannot give what a block needs: a dictionary
/// on every label page, pages that end where a run of the sort key ends, `sorting_columns`, and
/// digests that are known when the file is done. It reads our files in the tests.
@NullMarked
package io.lamella.converter.parquet;

import org.jspecify.annotations.NullMarked;
