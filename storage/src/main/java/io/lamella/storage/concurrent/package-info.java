/// Running blocking tasks side by side on virtual threads, and handing on what they failed with.
/// Independent of objects and blocks.
@NullMarked
package io.lamella.storage.concurrent;

import org.jspecify.annotations.NullMarked;
