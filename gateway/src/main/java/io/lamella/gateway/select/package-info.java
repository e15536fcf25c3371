/// Implements the engine's source over published blocks: picks blocks of one catalog snapshot,
/// selects in each, merges their series in label order.
@NullMarked
package io.lamella.gateway.select;

import org.jspecify.annotations.NullMarked;
