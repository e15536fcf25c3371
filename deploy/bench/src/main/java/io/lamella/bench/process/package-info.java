/// Programs that the benchmark starts as separate processes, so that CPU time and memory can be
/// measured for each: our gateway and converter, and Prometheus.
@NullMarked
package io.lamella.bench.process;

import org.jspecify.annotations.NullMarked;
