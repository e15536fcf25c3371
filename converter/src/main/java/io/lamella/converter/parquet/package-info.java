/// Writes label and sample columns as `storage.block` describes them; alone imports the Parquet
/// writer.
///
/// parquet-java encodes the values (`parquet-column`) and writes the Thrift structures. Its record
/// writer (`parquet-hadoop`) is not used, because it cannot write what the format requires:
/// dictionary encoding for every label page, pages that end where a run of the sort key ends, and
/// `sorting_columns`; nor does it compute digests while it writes. The tests read the files with
/// it.
@NullMarked
package io.lamella.converter.parquet;

import org.jspecify.annotations.NullMarked;
