package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.SeriesSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Series that are computed from what a list has of each.
///
/// @param <S> what a series is computed from
final class ListedSeries<S> implements SeriesSet {
  private final List<S> all;
  private final Function<S, Labels> labels;
  private final BiConsumer<S, SampleColumns> read;
  private int at = -1;

  /// @param all in the order of their labels
  /// @param read appends the samples of one
  ListedSeries(List<S> all, Function<S, Labels> labels, BiConsumer<S, SampleColumns> read) {
    this.all = List.copyOf(all);
    this.labels = labels;
    this.read = read;
  }

  @Override
  public boolean next() {
    return ++at < all.size();
  }

  @Override
  public Labels labels() {
    return labels.apply(all.get(at));
  }

  @Override
  public void read(SampleColumns into) {
    read.accept(all.get(at), into);
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
