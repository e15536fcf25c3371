/// Selectors: series of the source turned into values at steps, or into windows of samples;
/// subqueries do the latter with the output of any operator.
///
/// They take operators as inputs, know the contract in `exec` and nothing of the syntax around
/// them.
@NullMarked
package io.lamella.promql.exec.selector;

import org.jspecify.annotations.NullMarked;
