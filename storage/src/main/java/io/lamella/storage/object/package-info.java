/// The port to bytes: objects that are listed, read by exact ranges and put whole, in a bucket or a
/// directory.
///
/// Implementations live in rooms of their own; wrappers (counting, caching, retrying) implement the
/// same port.
@NullMarked
package io.lamella.storage.object;

import org.jspecify.annotations.NullMarked;
