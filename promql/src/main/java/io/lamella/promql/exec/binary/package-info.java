/// Binary operators: arithmetic, comparison and set operations, and vector matching.
///
/// They take operators as inputs and depend on the operator contract in `exec`, not on the syntax
/// tree around them.
@NullMarked
package io.lamella.promql.exec.binary;

import org.jspecify.annotations.NullMarked;
