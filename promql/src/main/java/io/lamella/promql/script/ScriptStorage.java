package io.lamella.promql.script;

import io.lamella.promql.source.SeriesSource;
import java.util.Collection;

/// Where a script's series go: takes all series loaded so far, whole, and serves them. The counter
/// reset hints of histograms come as the script gives them; what a query reads of them is the
/// storage's affair.
@FunctionalInterface
public interface ScriptStorage {
  SeriesSource store(Collection<LoadedSeries> series);
}
