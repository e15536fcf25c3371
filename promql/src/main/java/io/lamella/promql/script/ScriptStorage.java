package io.lamella.promql.script;

import io.lamella.promql.source.SeriesSource;
import java.util.Collection;

/// Stores the series of a script: takes all series loaded so far and returns a source for them.
/// Histograms have the counter reset hints of the script; the storage decides which hints a query
/// reads.
@FunctionalInterface
public interface ScriptStorage {
  SeriesSource store(Collection<LoadedSeries> series);
}
