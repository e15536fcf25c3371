package io.lamella.converter.merge;

import io.lamella.storage.block.SortKey;
import io.lamella.storage.concurrent.TaskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The series of all inputs that have a chunk in the range, as sorted runs of references: about
/// four bytes for each series of each input, in memory or in files.
final class SortedSeries implements AutoCloseable {
  private final Sources sources;
  private final SymbolRanks symbols;
  private final List<SeriesRun> runs;

  /// What is merged.
  record Sources(List<MergeInput> inputs, MergeRange range, SortKey sortKey) {
    Sources {
      inputs = List.copyOf(inputs);
    }
  }

  private SortedSeries(Sources sources, SymbolRanks symbols, List<SeriesRun> runs) {
    this.sources = sources;
    this.symbols = symbols;
    this.runs = runs;
  }

  /// Sorts the series of each input, several inputs side by side.
  static SortedSeries of(Sources sources, RunMemory memory, int threads)
      throws IOException, InterruptedException {
    SymbolRanks symbols = SymbolRanks.of(sources.inputs());
    List<SeriesRun> runs = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      try {
        List<Future<RunCollector>> sorted = new ArrayList<>();
        for (int i = 0; i < sources.inputs().size(); i++) {
          int input = i;
          sorted.add(
              pool.submit(() -> {
                RunCollector collector = new RunCollector(sources, input, symbols, memory);
                collector.collect();
                return collector;
              }));
        }
        for (Future<RunCollector> s : sorted) {
          runs.addAll(s.get().runs());
        }
      } catch (ExecutionException e) {
        throw TaskFailure.of(e);
      } finally {
        pool.shutdownNow();
      }
    }
    return new SortedSeries(sources, symbols, runs);
  }

  Sources sources() {
    return sources;
  }

  SymbolRanks symbols() {
    return symbols;
  }

  /// In the order of the inputs.
  List<SeriesRun> runs() {
    return runs;
  }

  /// A buffer for the labels of an input's series.
  SeriesLabels labels(int input) {
    return new SeriesLabels(sources.inputs(), input, symbols, sources.sortKey());
  }

  /// Deletes the files of the runs.
  @Override
  public void close() throws IOException {
    for (SeriesRun run : runs) {
      run.delete();
    }
  }
}
