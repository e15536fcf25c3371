/// Aggregations: one accumulator a group where the operation allows it, all inputs in columns where
/// it does not.
///
/// They take operators as inputs, know the contract in `exec` and nothing of the syntax around
/// them.
@NullMarked
package io.lamella.promql.exec.aggregate;

import org.jspecify.annotations.NullMarked;
