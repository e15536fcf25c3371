/// The door to the language: the engine takes a query, a time range and a source of series and
/// returns a result with its annotations. It knows nothing of Parquet, object stores or HTTP.
@NullMarked
package io.lamella.promql;

import org.jspecify.annotations.NullMarked;
