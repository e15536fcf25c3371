/// Brings the series of several TSDB blocks together for one day, in the order of the sort key:
/// duplicates and tombstones out, chunks copied where they can be and cut where they must. Memory
/// holds labels and references, never samples of more than one series.
@NullMarked
package io.lamella.converter.merge;

import org.jspecify.annotations.NullMarked;
