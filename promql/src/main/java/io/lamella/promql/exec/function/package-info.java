/// Functions: of floats, of ranges, of histograms, of labels.
///
/// They take operators as inputs, know the contract in `exec` and nothing of the syntax around
/// them.
@NullMarked
package io.lamella.promql.exec.function;

import org.jspecify.annotations.NullMarked;
