package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.DAY_MILLIS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService.ChunkReads;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.object.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Series with their chunks, as remote read and `thanos.Store` send them, take the memory of a few
/// windows, however large the result is.
class ChunkWindowsTest {
  private static final int SERIES = 64;
  private static final int COPIES = 20;

  /// Room for five windows of 16 MiB. Two are held: one that is read and may be inflated, and the
  /// next one, whose extents are held while it is fetched.
  private static final long BYTES_PER_QUERY = 80 << 20;

  @TempDir Path directory;

  /// Blocks of about 5 MB of chunks each, which do not compress.
  private ObjectStore store() throws Exception {
    Random random = new Random(1);
    HandMadeBlock block = new HandMadeBlock();
    for (int i = 0; i < SERIES; i++) {
      long[] times = new long[21_000];
      for (int k = 0; k < times.length; k++) {
        times[k] = DAY + k * 4000L + random.nextInt(4000);
      }
      block.add("jitter", String.format("dc%03d", i), times);
    }
    return CopiedBlocks.write(block, directory, COPIES);
  }

  private static Gateway open(ObjectStore store) throws Exception {
    return Gateway.open(
        store,
        GatewayOptions.defaults()
            .withoutResultsCache()
            .withFetch(FetchOptions.defaults().withMemoryBytes(0))
            .withQueryMemoryBytes(2 * BYTES_PER_QUERY));
  }

  /// Reads all series, and checks that their stored chunks take more than a query may hold. All
  /// rows match, which the runs of the sort key prove before any label is read.
  private static void readAll(ChunkReads reads) {
    ChunksRequest all =
        ChunksRequest.of(
            List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".+")),
            new TimeRange(DAY, DAY + DAY_MILLIS));
    int series = 0;
    long stored = 0;
    try (ChunkSeriesSet found = reads.open(all)) {
      while (found.next()) {
        series++;
        stored += COPIES * found.chunks().stream().mapToLong(ChunkRecord::length).sum();
      }
    }
    assertEquals(SERIES, series);
    assertTrue(stored > BYTES_PER_QUERY, stored + " bytes");
  }

  @Test
  void chunksOfAllRowsAreFetchedInWindows() throws Exception {
    try (ObjectStore store = store();
        Gateway gateway = open(store)) {
      gateway.queries().chunks(QueryOptions.NONE, ChunkWindowsTest::readAll);
    }
  }

  /// As for the queries of one message of remote read.
  @Test
  void windowsAreReleasedBeforeTheNextRead() throws Exception {
    try (ObjectStore store = store();
        Gateway gateway = open(store)) {
      gateway
          .queries()
          .chunks(
              QueryOptions.NONE,
              reads -> {
                for (int i = 0; i < 5; i++) {
                  readAll(reads);
                }
              });
    }
  }

  /// As for the queries of one message of remote read, which clients may repeat very often.
  @Test
  void aPartGivesBackAllThatItHolds() throws Exception {
    try (ObjectStore store = store();
        Gateway gateway = open(store)) {
      gateway
          .queries()
          .chunks(
              QueryOptions.NONE,
              reads -> {
                for (int i = 0; i < 3; i++) {
                  try (ChunkReads part = reads.part()) {
                    readAll(part);
                    assertTrue(gateway.queries().memory().held() > 0);
                  }
                  assertEquals(0, gateway.queries().memory().held());
                }
              });
    }
  }
}
