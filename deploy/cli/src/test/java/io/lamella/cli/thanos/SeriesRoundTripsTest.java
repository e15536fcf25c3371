package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How often a call waits for the store.
class SeriesRoundTripsTest {
  private static final int SERIES = 300;
  private static final int SAMPLES = 1000;
  private static final long START = 1_748_736_000_000L;

  @TempDir Path directory;

  /// Answers no read of chunks before so many bytes of them are asked for.
  private static final class Waiting extends ForwardingObjectStore {
    private final long bytes;
    private final CountDownLatch enough = new CountDownLatch(1);
    private long asked;
    private volatile boolean gaveUp;

    Waiting(ObjectStore store, long bytes) {
      super(store);
      this.bytes = bytes;
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      if (object.key().name().endsWith(".chunks.parquet")) {
        synchronized (this) {
          asked += range.length();
          if (asked >= bytes) {
            enough.countDown();
          }
        }
        try {
          if (!enough.await(5, TimeUnit.SECONDS)) {
            gaveUp = true;
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return store().read(object, range);
    }
  }

  /// Series of random values, which hardly get smaller.
  private void publish() throws Exception {
    Random random = new Random(1);
    SortedMap<Labels, SampleColumns> all = new TreeMap<>();
    SortedSet<String> symbols = new TreeSet<>();
    for (int i = 0; i < SERIES; i++) {
      Labels labels = Labels.of("__name__", "up", "dc_id", "1", "host", "h" + (1000 + i));
      labels.forEach((name, value) -> {
        symbols.add(name);
        symbols.add(value);
      });
      SampleColumns samples = new SampleColumns();
      for (int k = 0; k < SAMPLES; k++) {
        samples.add(START + k * 60_000L, random.nextDouble());
      }
      all.put(labels, samples);
    }
    Path source = Files.createDirectories(directory.resolve("source"));
    BlockDescription block =
        new BlockDescription(
            Ulid.of(START, new byte[10]), START, START + 86_400_000, 1, Map.of("region", "r"));
    try (BlockWriter writer = BlockWriter.create(source, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : all.entrySet()) {
        writer.add(s.getKey(), ChunkCutter.cut(s.getValue(), 0, SAMPLES, 120));
      }
      writer.finish();
    }
    ConvertedBlocks.convert(source, directory.resolve("bucket"));
  }

  @Test
  void chunksThatFitAWindowAreReadInOneRoundTrip() throws Exception {
    publish();
    // Less than all pages, and more than the first window of a larger selection.
    long bytes = SERIES * SAMPLES * 6L;
    try (Waiting store =
            new Waiting(DirectoryObjectStore.open(directory.resolve("bucket")), bytes);
        GrpcGateway server = GrpcGateway.open(store)) {
      SeriesRequest.Builder request =
          GrpcGateway.all().addMatchers(GrpcGateway.matcher(LabelMatcher.Type.RE, "host", "h1.*"));

      assertEquals(SERIES, server.series(request).size());
      assertTrue(!store.gaveUp, "a read waited for the answer of another");
    }
  }
}
