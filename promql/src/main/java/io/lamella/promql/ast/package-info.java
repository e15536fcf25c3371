/// The syntax tree: a sealed interface with a record for each kind of node, immutable, each with
/// its position in the text.
///
/// The parser creates it, plan and compile read it, and it prints itself as canonical PromQL. It
/// has the names and argument types of operators and functions, not how they are computed.
@NullMarked
package io.lamella.promql.ast;

import org.jspecify.annotations.NullMarked;
