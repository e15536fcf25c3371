/// The API of the engine: it takes a query, a time range and a source of series and returns a
/// result with its annotations. It does not depend on Parquet, object stores or HTTP.
@NullMarked
package io.lamella.promql;

import org.jspecify.annotations.NullMarked;
