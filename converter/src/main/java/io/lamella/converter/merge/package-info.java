/// Merges the series of all TSDB blocks of a day, in the order of the sort key. `SortedSeries`
/// sorts references, `SeriesStream` merges the sorted runs, `SeriesMerge` makes a row of one
/// series' chunks, `RowPipeline` does so on several threads, and `DayMerge` writes the rows.
/// `DaySamples` decodes the same series for comparison. Knows no store.
@NullMarked
package io.lamella.converter.merge;

import org.jspecify.annotations.NullMarked;
