/// How fast the engine is: JMH benchmarks over decoded series in memory. Compiled in every build,
/// run on demand; the data are the same on every machine, so that other engines can be given them.
@NullMarked
package io.lamella.promql.bench;

import org.jspecify.annotations.NullMarked;
