/// Compiles a syntax tree to operators: which operator carries out which node, and what each
/// selector asks its source for. Uses what `plan` finds out about the tree.
///
/// Nothing is read while it works. It imports the operators; no operator imports it.
@NullMarked
package io.lamella.promql.compile;

import org.jspecify.annotations.NullMarked;
