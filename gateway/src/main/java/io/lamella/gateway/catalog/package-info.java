/// Which blocks exist now: an immutable snapshot, swapped whole after each refresh. The bucket is
/// read by `storage.block.read`; this package does not depend on queries.
@NullMarked
package io.lamella.gateway.catalog;

import org.jspecify.annotations.NullMarked;
