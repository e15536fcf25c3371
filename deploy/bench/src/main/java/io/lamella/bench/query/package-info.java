/// The benchmark's queries: query classes whose parameters come from a seed, servers of the
/// Prometheus HTTP API, and the comparison of two results.
@NullMarked
package io.lamella.bench.query;

import org.jspecify.annotations.NullMarked;
