/// The benchmark's data: a seed and a size determine the series of a fleet, their samples, and TSDB
/// blocks in a directory. Memory use does not grow with the size. Does not depend on queries.
@NullMarked
package io.lamella.bench.data;

import org.jspecify.annotations.NullMarked;
