/// The reference: our query engine over TSDB blocks that are read directly, without Parquet.
/// Results are checked against it where no Prometheus is given.
@NullMarked
package io.lamella.bench.reference;

import org.jspecify.annotations.NullMarked;
