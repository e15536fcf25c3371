/// Running blocking tasks side by side on virtual threads, and handing on what they failed with.
/// Knows nothing of objects or blocks.
@NullMarked
package io.lamella.storage.concurrent;

import org.jspecify.annotations.NullMarked;
