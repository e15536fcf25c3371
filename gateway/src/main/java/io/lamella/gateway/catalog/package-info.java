/// Which blocks exist now: an immutable snapshot, swapped whole after each refresh. Lists the
/// bucket and reads the metas of blocks, one by one or all from the catalog file `catalog.json`.
@NullMarked
package io.lamella.gateway.catalog;

import org.jspecify.annotations.NullMarked;
