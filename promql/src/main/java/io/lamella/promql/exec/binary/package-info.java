/// Binary operators: arithmetic, comparison and set operations, and how elements of two vectors
/// find each other.
///
/// They take operators as inputs, know the contract in `exec` and nothing of the syntax around
/// them.
@NullMarked
package io.lamella.promql.exec.binary;

import org.jspecify.annotations.NullMarked;
