/// Merges the series of several TSDB blocks for one day, in the order of the sort key. Duplicates
/// and deleted samples are removed; chunks are copied where possible and cut again where not. In
/// memory are labels and references of all series and the samples of one.
@NullMarked
package io.lamella.converter.merge;

import org.jspecify.annotations.NullMarked;
