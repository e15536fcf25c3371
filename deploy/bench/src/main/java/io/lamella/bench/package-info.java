/// The project's own benchmark, `lamella bench`: makes data, converts it through a model of an
/// object store, serves it from a process of its own, asks, checks every answer, and writes down
/// what each took.
@NullMarked
package io.lamella.bench;

import org.jspecify.annotations.NullMarked;
