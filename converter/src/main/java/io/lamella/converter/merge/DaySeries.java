package io.lamella.converter.merge;

import io.lamella.converter.parquet.Symbols;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Every series of the sources that has a chunk in the day, as references, in the order of the sort
/// key. The parts of one series are consecutive.
final class DaySeries {
  /// One source's part of a series.
  static final class SeriesPart {
    private final int[] labels;
    private final int source;
    private final long ref;

    /// @param labels symbol numbers: name, value, name, value …, ascending by name
    SeriesPart(int[] labels, int source, long ref) {
      this.labels = labels;
      this.source = source;
      this.ref = ref;
    }

    int[] labels() {
      return labels;
    }

    int source() {
      return source;
    }

    long ref() {
      return ref;
    }
  }

  private final SortedSymbols symbols;
  private final List<SeriesPart> parts;

  private DaySeries(SortedSymbols symbols, List<SeriesPart> parts) {
    this.symbols = symbols;
    this.parts = parts;
  }

  static DaySeries collect(List<TsdbBlock> sources, long dayMillis, long endMillis, SortKey sortKey)
      throws IOException {
    SortedSymbols symbols = new SortedSymbols();
    List<SeriesPart> parts = new ArrayList<>();
    for (int s = 0; s < sources.size(); s++) {
      TsdbBlock block = sources.get(s);
      int source = s;
      int[] numbers = new int[block.symbols()];
      Arrays.fill(numbers, -1);
      block.forEachSeries(series -> {
        if (touches(series, dayMillis, endMillis)) {
          int[] labels = new int[2 * series.labelCount()];
          for (int i = 0; i < series.labelCount(); i++) {
            labels[2 * i] = number(block, series.name(i), numbers, symbols);
            labels[2 * i + 1] = number(block, series.value(i), numbers, symbols);
          }
          parts.add(new SeriesPart(labels, source, series.ref()));
        }
      });
    }
    int[] rank = symbols.sort();
    for (SeriesPart p : parts) {
      for (int i = 0; i < p.labels.length; i++) {
        p.labels[i] = rank[p.labels[i]];
      }
    }
    int[] keys = sortKey.labels().stream().mapToInt(symbols::find).toArray();
    parts.sort((a, b) -> compare(a, b, keys));
    return new DaySeries(symbols, parts);
  }

  private static boolean touches(SeriesEntry series, long dayMillis, long endMillis) {
    for (int c = 0; c < series.chunkCount(); c++) {
      if (series.minTimeMillis(c) < endMillis && series.maxTimeMillis(c) >= dayMillis) {
        return true;
      }
    }
    return false;
  }

  private static int number(TsdbBlock block, int symbol, int[] numbers, SortedSymbols symbols)
      throws IOException {
    if (numbers[symbol] < 0) {
      numbers[symbol] = symbols.add(block.symbol(symbol));
    }
    return numbers[symbol];
  }

  /// By the values of the key's labels (a missing one first), then by all labels, then by source.
  private static int compare(SeriesPart a, SeriesPart b, int[] keys) {
    for (int key : keys) {
      int c = Integer.compare(value(a.labels, key), value(b.labels, key));
      if (c != 0) {
        return c;
      }
    }
    int c = Arrays.compare(a.labels, b.labels);
    return c != 0 ? c : Integer.compare(a.source, b.source);
  }

  private static int value(int[] labels, int name) {
    for (int i = 0; i < labels.length; i += 2) {
      if (labels[i] == name) {
        return labels[i + 1];
      }
    }
    return -1;
  }

  Symbols symbols() {
    return symbols;
  }

  /// How many parts there are; a series has one for each source that contains it.
  int size() {
    return parts.size();
  }

  SeriesPart part(int i) {
    return parts.get(i);
  }

  /// The part after the series that starts at `i`.
  int seriesEnd(int i) {
    int end = i + 1;
    while (end < parts.size() && Arrays.equals(parts.get(end).labels, parts.get(i).labels)) {
      end++;
    }
    return end;
  }
}
