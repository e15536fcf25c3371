/// Which blocks exist now: an immutable snapshot, swapped whole after each refresh. Lists the
/// bucket and reads metas, one by one or gathered in `catalog.json`; knows nothing of queries.
@NullMarked
package io.lamella.gateway.catalog;

import org.jspecify.annotations.NullMarked;
