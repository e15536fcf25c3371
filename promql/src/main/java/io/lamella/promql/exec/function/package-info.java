/// Functions: of floats, of ranges, of histograms, of labels.
///
/// They take operators as inputs and depend on the operator contract in `exec` and on range vectors
/// in `exec.selector`, not on the syntax tree around them.
@NullMarked
package io.lamella.promql.exec.function;

import org.jspecify.annotations.NullMarked;
