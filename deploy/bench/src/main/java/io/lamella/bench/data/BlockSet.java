package io.lamella.bench.data;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.tsdb.write.BlockCounts;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Writes the same series into several blocks at once, one a stretch of time: each series is made
/// once, from its first sample to its last, and cut. Series are made by all processors and written
/// in order, so what is in memory at once is a few series.
final class BlockSet {
  static final String CLUSTER_LABEL = "cluster";
  static final String REPLICA_LABEL = "replica";

  private final Path root;
  private final long seed;
  private final String replica;

  BlockSet(Path root, long seed, String replica) {
    this.root = root;
    this.seed = seed;
    this.replica = replica;
  }

  /// Writes the blocks.
  ///
  /// @param dataEndMillis where series that live to the end of the data end
  BlockCounts write(List<DataSize.Span> spans, List<FleetSeries> series, long dataEndMillis)
      throws IOException, InterruptedException {
    List<BlockWriter> writers = new ArrayList<>();
    try {
      for (DataSize.Span s : spans) {
        writers.add(BlockWriter.create(root, description(s, series.size()), symbols(s, series)));
      }
      all(spans, series, dataEndMillis, writers);
      BlockCounts counts = new BlockCounts(0, 0, 0, 0);
      for (BlockWriter w : writers) {
        w.finish();
        counts = counts.plus(w.counts());
      }
      return counts;
    } finally {
      for (BlockWriter w : writers) {
        w.close();
      }
    }
  }

  private BlockDescription description(DataSize.Span span, int series) {
    SplitMix random = SplitMix.of(seed, replica, span.fromMillis(), span.endMillis(), series);
    byte[] entropy = ByteBuffer.allocate(16).putLong(random.next()).putLong(random.next()).array();
    return new BlockDescription(
        Ulid.of(span.endMillis(), entropy),
        span.fromMillis(),
        span.endMillis(),
        span.level(),
        Map.of(CLUSTER_LABEL, "bench", REPLICA_LABEL, replica));
  }

  private static SortedSet<String> symbols(DataSize.Span span, List<FleetSeries> series) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (FleetSeries s : series) {
      if (s.fromMillis() < span.endMillis() && span.fromMillis() < s.endMillis()) {
        s.labels()
            .forEach((name, value) -> {
              out.add(name);
              out.add(value);
            });
      }
    }
    return out;
  }

  /// A series' chunks, block by block.
  private record Cut(Labels labels, List<List<EncodedChunk>> blocks) {}

  private static Cut cut(FleetSeries series, List<DataSize.Span> spans, long dataEndMillis) {
    SampleColumns samples = series.samples(dataEndMillis);
    List<List<EncodedChunk>> blocks = new ArrayList<>();
    for (DataSize.Span s : spans) {
      blocks.add(HeadChunks.of(samples, s.fromMillis(), s.endMillis()));
    }
    return new Cut(series.labels(), blocks);
  }

  private static void all(
      List<DataSize.Span> spans,
      List<FleetSeries> series,
      long dataEndMillis,
      List<BlockWriter> writers)
      throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService makers = Executors.newFixedThreadPool(processors)) {
      Deque<Future<Cut>> underWay = new ArrayDeque<>();
      try {
        for (FleetSeries s : series) {
          underWay.add(makers.submit(() -> cut(s, spans, dataEndMillis)));
          if (underWay.size() >= 4 * processors) {
            write(underWay.remove().get(), writers);
          }
        }
        while (!underWay.isEmpty()) {
          write(underWay.remove().get(), writers);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("cannot make a series: " + e.getCause(), e.getCause());
      } finally {
        makers.shutdownNow();
      }
    }
  }

  private static void write(Cut cut, List<BlockWriter> writers) throws IOException {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).add(cut.labels(), cut.blocks().get(i));
    }
  }
}
