/// Which blocks exist now: an immutable snapshot, swapped whole after each refresh. Reads metas
/// from the bucket; knows nothing of queries.
@NullMarked
package io.lamella.gateway.catalog;

import org.jspecify.annotations.NullMarked;
