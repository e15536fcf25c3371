/// Text to syntax tree: lexer, parser, type check.
///
/// Gives a tree that is valid, or the first error with its place, worded as Prometheus words it.
/// Knows nothing of evaluation.
@NullMarked
package io.lamella.promql.parse;

import org.jspecify.annotations.NullMarked;
