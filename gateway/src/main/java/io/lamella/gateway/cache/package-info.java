/// What was read and is kept: layouts, pages in memory, pages on disk. Looks up and keeps; who
/// reads what is missing is the business of `fetch`. Alone imports Caffeine.
@NullMarked
package io.lamella.gateway.cache;

import org.jspecify.annotations.NullMarked;
