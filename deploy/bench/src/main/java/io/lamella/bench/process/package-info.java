/// Programs that the benchmark starts, each a process of its own, so that its time and memory are
/// its own as well: our gateway and converter, a Prometheus.
@NullMarked
package io.lamella.bench.process;

import org.jspecify.annotations.NullMarked;
