/// Merges the series of several TSDB blocks for one day, in the order of the sort key. Duplicates
/// and deleted samples are removed; chunks are copied where possible and cut again where not.
/// Memory holds labels and references, never samples of more than one series.
@NullMarked
package io.lamella.converter.merge;

import org.jspecify.annotations.NullMarked;
