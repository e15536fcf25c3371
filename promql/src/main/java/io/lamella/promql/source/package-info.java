/// The port that the engine reads through, owned here by its consumer: selections go out, series
/// come back in label order, their samples as columns. Independent of its implementations (memory,
/// Parquet blocks).
@NullMarked
package io.lamella.promql.source;

import org.jspecify.annotations.NullMarked;
