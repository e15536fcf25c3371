/// Aggregations: one accumulator for each group where the operation allows it, else all inputs in
/// columns.
///
/// They take operators as inputs and depend on the operator contract in `exec`, not on the syntax
/// tree around them.
@NullMarked
package io.lamella.promql.exec.aggregate;

import org.jspecify.annotations.NullMarked;
