/// The data of the benchmark: from a seed and a size to the series of a fleet, their samples, and
/// blocks of them in a directory, whatever the size with little memory. Knows no query.
@NullMarked
package io.lamella.bench.data;

import org.jspecify.annotations.NullMarked;
