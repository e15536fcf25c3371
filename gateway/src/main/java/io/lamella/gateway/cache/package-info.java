/// Caches of shard metadata and of pages, in memory and on disk. They look up and store; missing
/// pages are read by `fetch`. Besides `results`, the only package that imports Caffeine.
@NullMarked
package io.lamella.gateway.cache;

import org.jspecify.annotations.NullMarked;
