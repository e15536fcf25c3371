/// From single measurements to figures, and from figures to JSON, a Markdown table and a plot.
@NullMarked
package io.lamella.bench.report;

import org.jspecify.annotations.NullMarked;
