/// Text to syntax tree: lexer, parser, type check.
///
/// Returns a valid tree, or the first error with its position, worded as in Prometheus. Independent
/// of evaluation.
@NullMarked
package io.lamella.promql.parse;

import org.jspecify.annotations.NullMarked;
