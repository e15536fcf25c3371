/// Implements the engine's series source over published blocks: picks the blocks of one catalog
/// snapshot, selects rows in each, merges their series in label order. Also prefetches labels.
@NullMarked
package io.lamella.gateway.select;

import org.jspecify.annotations.NullMarked;
