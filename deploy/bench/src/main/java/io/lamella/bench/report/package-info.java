/// Aggregates single measurements, and writes the aggregates as JSON, a Markdown table and a plot.
@NullMarked
package io.lamella.bench.report;

import org.jspecify.annotations.NullMarked;
