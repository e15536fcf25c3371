/// What can be said of a query before it runs: which parts are the same at every step, what
/// durations and moments come to, which labels matter.
///
/// Pure functions of the syntax tree and the query's time range; no data is looked at.
@NullMarked
package io.lamella.promql.plan;

import org.jspecify.annotations.NullMarked;
