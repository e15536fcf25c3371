/// Compiles a syntax tree to operators: an operator for each node, and a selection for each
/// selector. Uses what `plan` derives from the tree.
///
/// No samples are read. The compilers import the operators; no operator imports them.
@NullMarked
package io.lamella.promql.compile;

import org.jspecify.annotations.NullMarked;
