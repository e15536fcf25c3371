/// The port that the engine reads through, owned here by its consumer: selections go out, series
/// come back in label order, their samples as columns. Who implements it (memory, Parquet blocks)
/// is not known here.
@NullMarked
package io.lamella.promql.source;

import org.jspecify.annotations.NullMarked;
