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

/// Writes the same series into several blocks at once, one per time range. Each series is generated
/// once, from its first sample to its last, and cut. All processors generate series, which are
/// written in order, so only a few series are in memory at once.
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
  /// @param dataEndMillis end of the data, exclusive
  BlockCounts write(
      List<DataSize.BlockRange> blockRanges, List<FleetSeries> series, long dataEndMillis)
      throws IOException, InterruptedException {
    List<BlockWriter> writers = new ArrayList<>();
    try {
      for (DataSize.BlockRange s : blockRanges) {
        writers.add(BlockWriter.create(root, description(s, series.size()), symbols(s, series)));
      }
      writeAll(blockRanges, series, dataEndMillis, writers);
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

  private BlockDescription description(DataSize.BlockRange range, int series) {
    SplitMix random = SplitMix.of(seed, replica, range.fromMillis(), range.endMillis(), series);
    byte[] entropy = ByteBuffer.allocate(16).putLong(random.next()).putLong(random.next()).array();
    return new BlockDescription(
        Ulid.of(range.endMillis(), entropy),
        range.fromMillis(),
        range.endMillis(),
        range.level(),
        Map.of(CLUSTER_LABEL, "bench", REPLICA_LABEL, replica));
  }

  private static SortedSet<String> symbols(DataSize.BlockRange range, List<FleetSeries> series) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (FleetSeries s : series) {
      if (s.fromMillis() < range.endMillis() && range.fromMillis() < s.endMillis()) {
        s.labels()
            .forEach((name, value) -> {
              out.add(name);
              out.add(value);
            });
      }
    }
    return out;
  }

  /// The chunks of one series, one list per block.
  private record SeriesBlocks(Labels labels, List<List<EncodedChunk>> blocks) {}

  private static SeriesBlocks cut(
      FleetSeries series, List<DataSize.BlockRange> blockRanges, long dataEndMillis) {
    SampleColumns samples = series.samples(dataEndMillis);
    List<List<EncodedChunk>> blocks = new ArrayList<>();
    for (DataSize.BlockRange s : blockRanges) {
      blocks.add(HeadChunks.of(samples, s.fromMillis(), s.endMillis()));
    }
    return new SeriesBlocks(series.labels(), blocks);
  }

  private static void writeAll(
      List<DataSize.BlockRange> blockRanges,
      List<FleetSeries> series,
      long dataEndMillis,
      List<BlockWriter> writers)
      throws IOException, InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(processors)) {
      Deque<Future<SeriesBlocks>> inFlight = new ArrayDeque<>();
      try {
        for (FleetSeries s : series) {
          inFlight.add(workers.submit(() -> cut(s, blockRanges, dataEndMillis)));
          if (inFlight.size() >= 4 * processors) {
            write(inFlight.remove().get(), writers);
          }
        }
        while (!inFlight.isEmpty()) {
          write(inFlight.remove().get(), writers);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("cannot generate a series: " + e.getCause(), e.getCause());
      } finally {
        workers.shutdownNow();
      }
    }
  }

  private static void write(SeriesBlocks cut, List<BlockWriter> writers) throws IOException {
    for (int i = 0; i < writers.size(); i++) {
      writers.get(i).add(cut.labels(), cut.blocks().get(i));
    }
  }
}
