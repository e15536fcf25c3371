/// The syntax tree: one sealed interface, a record a node, immutable, each with its place in the
/// text.
///
/// The parser makes it, plan and exec read it, and it prints itself back as canonical PromQL. It
/// knows what operators and functions are called and which types they take, not what they compute.
@NullMarked
package io.lamella.promql.ast;

import org.jspecify.annotations.NullMarked;
