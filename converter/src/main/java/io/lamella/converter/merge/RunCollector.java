package io.lamella.converter.merge;

import io.lamella.storage.block.SortKey;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sorts the series of one input that have a chunk in the range. Only references and the values of
/// the sort key are in memory, at most those of one run; labels stay in the index and are read
/// again when the runs are merged.
///
/// An index lists its series in label order, so that a stable sort by the sort key is enough. Row
/// labels can change that order; then labels are compared as well.
final class RunCollector {
  private final List<MergeInput> inputs;
  private final int input;
  private final TsdbBlock block;
  private final MergeRange range;
  private final SortKey sortKey;
  private final SymbolRanks symbols;
  private final RunMemory memory;
  private final SeriesLabels labels;
  private final List<SeriesRun> runs = new ArrayList<>();
  private int[] refs;
  private final int[][] keys;
  private int size;
  private boolean inLabelOrder = true;
  private int[] before = {};

  RunCollector(SortedSeries.Sources sources, int input, SymbolRanks symbols, RunMemory memory) {
    this.inputs = sources.inputs();
    this.input = input;
    this.block = inputs.get(input).block();
    this.range = sources.range();
    this.sortKey = sources.sortKey();
    this.symbols = symbols;
    this.memory = memory;
    this.labels = new SeriesLabels(inputs, input, symbols, sortKey);
    int capacity = (int) Math.min(memory.runSeries(), Math.max(16, block.seriesCount()));
    this.refs = new int[capacity];
    this.keys = new int[sortKey.labels().size()][capacity];
  }

  void collect() throws IOException {
    block.forEachSeries(this::add);
    endRun();
    // The buffers are as large as a run.
    refs = new int[0];
    Arrays.fill(keys, refs);
  }

  List<SeriesRun> runs() {
    return runs;
  }

  private void add(SeriesEntry series) throws IOException {
    if (!touches(series)) {
      return;
    }
    if (series.ref() >>> 32 != 0) {
      throw new IOException(
          "cannot merge block "
              + block
              + ": series reference "
              + series.ref()
              + " exceeds 32 bits");
    }
    labels.read(series);
    inLabelOrder &= size == 0 || labels.compareAll(before, before.length) >= 0;
    before = labels.copyInto(before);
    refs[size] = (int) series.ref();
    for (int k = 0; k < keys.length; k++) {
      keys[k][size] = labels.key(k);
    }
    if (++size == refs.length) {
      endRun();
    }
  }

  private boolean touches(SeriesEntry series) {
    for (int c = 0; c < series.chunkCount(); c++) {
      if (range.overlaps(series.minTimeMillis(c), series.maxTimeMillis(c))) {
        return true;
      }
    }
    return false;
  }

  private void endRun() throws IOException {
    if (size == 0) {
      return;
    }
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    LabelOrder all = new LabelOrder();
    IndexSort.sort(order, size, inLabelOrder ? this::compareKeys : all::compare);
    int[] sorted = new int[size];
    for (int i = 0; i < size; i++) {
      sorted[i] = refs[order[i]];
    }
    Path file = memory.spillFile(input, runs.size());
    runs.add(
        memory.reserve(4L * size)
            ? SeriesRun.inMemory(input, sorted)
            : SeriesRun.inFile(input, sorted, file));
    size = 0;
    inLabelOrder = true;
  }

  private int compareKeys(int a, int b) {
    for (int[] key : keys) {
      if (key[a] != key[b]) {
        return Integer.compare(key[a], key[b]);
      }
    }
    return 0;
  }

  /// Compares keys and then labels, which are read from the index for each comparison.
  private final class LabelOrder {
    private final SeriesEntry entry = new SeriesEntry();
    private final SeriesLabels first = new SeriesLabels(inputs, input, symbols, sortKey);
    private final SeriesLabels second = new SeriesLabels(inputs, input, symbols, sortKey);

    int compare(int a, int b) throws IOException {
      int c = compareKeys(a, b);
      if (c != 0) {
        return c;
      }
      block.series(refs[a] & 0xffffffffL, entry);
      first.read(entry);
      block.series(refs[b] & 0xffffffffL, entry);
      second.read(entry);
      return first.compareTo(second);
    }
  }
}
