/// Selectors: series of the source turned into values at steps, or into windows of samples;
/// subqueries do the latter with the output of any operator.
///
/// They depend on the operator contract in `exec`, not on the syntax tree around them.
@NullMarked
package io.lamella.promql.exec.selector;

import org.jspecify.annotations.NullMarked;
