/// The interface to a bucket or directory of objects: they are listed, read by exact ranges, and
/// put whole.
///
/// Implementations live in packages of their own. Wrappers (prefix, retries) implement the same
/// interface.
@NullMarked
package io.lamella.storage.object;

import org.jspecify.annotations.NullMarked;
