/// The life of a query: admission, deadline, engine, statistics, result. APIs call it; where series
/// come from is handed in.
@NullMarked
package io.lamella.gateway.query;

import org.jspecify.annotations.NullMarked;
