/// One run of the benchmark from data to report: which queries go to which server, and in which
/// order.
@NullMarked
package io.lamella.bench.run;

import org.jspecify.annotations.NullMarked;
