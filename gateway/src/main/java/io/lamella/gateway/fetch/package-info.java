/// The way from ranges that no cache has to their bytes: reads shared among queries, a gate that
/// bounds and orders them, the CDN, second requests for slow reads. Knows objects and ranges,
/// nothing of what is in them.
@NullMarked
package io.lamella.gateway.fetch;

import org.jspecify.annotations.NullMarked;
