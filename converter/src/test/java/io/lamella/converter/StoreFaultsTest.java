package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceSettings;
import io.lamella.converter.verify.SourceVerifier;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever requests of the target fail, one more run completes the work, and every published block
/// has each sample of its sources.
class StoreFaultsTest {
  /// `-Dlamella.faults=50` for more.
  private static final int RUNS = Integer.getInteger("lamella.faults", 10);

  private static final long DAY = TestBucket.DAY;

  @TempDir Path directory;

  private void convert(TestBucket bucket, ObjectStore target)
      throws IOException, InterruptedException {
    ConversionOptions options =
        ConversionOptions.defaults().withWorkDirectory(directory.resolve("work")).withThreads(2);
    try (SourceBlocks sources =
        SourceBlocks.open(
            bucket.root().toString(), SourceSettings.of(directory.resolve("sources")))) {
      Conversion.run(sources, target, options);
    }
  }

  @Test
  void oneMoreRunCompletesTheWorkAfterAnyFaults() throws Exception {
    TestBucket bucket = new TestBucket(directory.resolve("source"));
    for (int i = 0; i < 3; i++) {
      bucket.add(2 * i * DAY, 2 * (i + 1) * DAY, Map.of("cluster", "c"), 2);
    }
    int interrupted = 0;
    for (long seed = 0; seed < RUNS; seed++) {
      String where = "seed " + seed;
      MemoryObjectStore store = new MemoryObjectStore();
      double rate = 0.02 + 0.2 * new Random(seed).nextDouble();
      FaultyObjectStore faulty =
          new FaultyObjectStore(
              store,
              seed,
              rate,
              Fault.UNAVAILABLE,
              Fault.LOST_RESPONSE,
              Fault.SHORT_BODY,
              Fault.FLIPPED_BIT,
              Fault.CHANGED);
      try {
        convert(bucket, faulty);
      } catch (IOException e) {
        interrupted++;
      }
      verify(bucket, store, where);

      convert(bucket, store);

      assertEquals(6, verify(bucket, store, where), where);
    }
    assertTrue(interrupted > 0, "no run was interrupted");
  }

  /// @return the number of visible blocks
  private static int verify(TestBucket bucket, ObjectStore store, String where) throws Exception {
    PublishedBlocks there = new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh();
    assertEquals(List.of(), there.broken(), where);
    try (SourceVerifier sources = SourceVerifier.open(bucket.root().toString())) {
      for (BlockMeta m : there.visible()) {
        BlockReport report = sources.verify(new BlockVerifier(store), m, new Findings());
        assertEquals(List.of(), report.findings(), where);
      }
    }
    return there.visible().size();
  }
}
