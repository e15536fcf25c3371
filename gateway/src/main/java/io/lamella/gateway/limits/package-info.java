/// What one query may use and what it has used: limits are checked from the plan, before anything
/// is fetched; memory is shared by all queries. Depends on no block and no store.
@NullMarked
package io.lamella.gateway.limits;

import org.jspecify.annotations.NullMarked;
