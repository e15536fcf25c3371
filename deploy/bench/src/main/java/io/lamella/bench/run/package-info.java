/// One run of the benchmark from data to report: what is asked when, of whom, in which order.
@NullMarked
package io.lamella.bench.run;

import org.jspecify.annotations.NullMarked;
