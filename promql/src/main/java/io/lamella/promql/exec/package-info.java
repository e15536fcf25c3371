/// Evaluation: operators that hand out one series at a time over all steps of a query, columns of
/// values with a bitmap of presence; the switch that turns a syntax tree into operators; limits,
/// cancellation and annotations of a run.
///
/// Series come in through the port in `source`; nothing here knows where they are stored.
@NullMarked
package io.lamella.promql.exec;

import org.jspecify.annotations.NullMarked;
