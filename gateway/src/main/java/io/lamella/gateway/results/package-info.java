/// The results cache: results of queries in memory, each valid while the data that it was computed
/// from is the same. Besides `cache`, the only package that imports Caffeine.
@NullMarked
package io.lamella.gateway.results;

import org.jspecify.annotations.NullMarked;
