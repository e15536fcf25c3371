/// Runs blocking tasks in parallel on virtual threads and reports their failures. Independent of
/// objects and blocks.
@NullMarked
package io.lamella.storage.concurrent;

import org.jspecify.annotations.NullMarked;
