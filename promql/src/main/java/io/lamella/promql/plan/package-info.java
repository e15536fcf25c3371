/// Analyses a query before it runs: which parts are the same at every step, the values of durations
/// and times, which labels are needed.
///
/// Pure functions of the syntax tree and the query's time range; no samples are read.
@NullMarked
package io.lamella.promql.plan;

import org.jspecify.annotations.NullMarked;
