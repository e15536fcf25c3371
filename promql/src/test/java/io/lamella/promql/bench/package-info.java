/// JMH benchmarks of the engine over decoded series in memory. Compiled in every build, run on
/// demand. The data are the same on every machine, so that other engines can be measured with them.
@NullMarked
package io.lamella.promql.bench;

import org.jspecify.annotations.NullMarked;
