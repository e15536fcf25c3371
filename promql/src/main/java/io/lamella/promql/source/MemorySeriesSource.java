package io.lamella.promql.source;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Series in memory: for tests, scripts and small tools. The source owns the columns; they must not
/// change any more.
public final class MemorySeriesSource implements SeriesSource {
  private record Series(Labels labels, SampleColumns samples) {}

  private final List<Series> series = new ArrayList<>();

  public MemorySeriesSource(Map<Labels, SampleColumns> samples) {
    new TreeMap<>(samples).forEach((labels, columns) -> series.add(new Series(labels, columns)));
  }

  @Override
  public SeriesSet select(Selection selection) {
    List<Series> found = new ArrayList<>();
    for (Series s : series) {
      if (matches(s.labels(), selection.matchers())) {
        found.add(s);
      }
    }
    return new Cursor(found, selection);
  }

  private static boolean matches(Labels labels, List<Matcher> matchers) {
    for (Matcher m : matchers) {
      if (!m.matches(labels.value(m.name()))) {
        return false;
      }
    }
    return true;
  }

  private static final class Cursor implements SeriesSet {
    private final List<Series> found;
    private final Selection selection;
    private int at = -1;

    Cursor(List<Series> found, Selection selection) {
      this.found = found;
      this.selection = selection;
    }

    @Override
    public boolean next() {
      while (++at < found.size()) {
        if (from(found.get(at).samples()) < to(found.get(at).samples())) {
          return true;
        }
      }
      return false;
    }

    private int from(SampleColumns s) {
      int i =
          java.util.Arrays.binarySearch(s.times(), 0, s.size(), selection.range().startMillis());
      return i >= 0 ? i : -i - 1;
    }

    private int to(SampleColumns s) {
      int i = java.util.Arrays.binarySearch(s.times(), 0, s.size(), selection.range().endMillis());
      return i >= 0 ? i + 1 : -i - 1;
    }

    @Override
    public Labels labels() {
      return found.get(at).labels();
    }

    @Override
    public void read(SampleColumns into) {
      SampleColumns s = found.get(at).samples();
      int from = from(s);
      int to = to(s);
      if (s.hasHistograms() || s.hasStartTimes() || into.hasHistograms()) {
        for (int i = from; i < to; i++) {
          into.addFrom(s, i);
        }
        return;
      }
      int n = to - from;
      into.reserve(n);
      System.arraycopy(s.times(), from, into.times(), into.size(), n);
      System.arraycopy(s.values(), from, into.values(), into.size(), n);
      into.grow(n);
    }

    @Override
    public int divisible() {
      return found.size();
    }

    @Override
    public SeriesSet part(int maxSeries) {
      int from = at + 1;
      int end = Math.min(found.size(), from + maxSeries);
      at = end - 1;
      return new Cursor(found.subList(from, end), selection);
    }

    @Override
    public void rewind() {
      at = -1;
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }
}
