package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.promql.Value;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk cache of a killed gateway is usable: results stay the same, and cached pages are not
/// read from the store.
class KilledGatewayTest {
  private static final int ROUNDS = 5;

  @TempDir Path directory;

  private static List<String> queries() {
    List<String> out = new ArrayList<>();
    for (int dc = 1; dc <= 3; dc++) {
      for (int host = 0; host < 3; host++) {
        for (String metric : List.of("ramp", "odd", "flips")) {
          out.add(
              String.format(
                  "changes(%s{dc_id=\"%d\", host=\"h%d\"}[%dh])", metric, dc, host, 30 + 9 * dc));
        }
      }
    }
    return out;
  }

  private static Value run(Gateway gateway, String query) {
    long at = RandomBlocks.START + 4 * RandomBlocks.DAY;
    return gateway.queries().instant(query, at, QueryOptions.NONE).value().value();
  }

  private static GatewayOptions options(Optional<Path> cache) {
    FetchOptions fetch = FetchOptions.defaults().withMemoryBytes(0);
    return ConvertedBlocks.fetching(
        cache.map(c -> fetch.withDisk(new DiskPages.DiskCacheOptions(c, 16 << 20))).orElse(fetch));
  }

  /// Runs all queries over and over, and prints a line after each.
  static final class QueryLoop {
    private QueryLoop() {}

    public static void main(String[] arguments) throws Exception {
      try (ObjectStore store = DirectoryObjectStore.open(Path.of(arguments[0]));
          Gateway gateway = Gateway.open(store, options(Optional.of(Path.of(arguments[1]))))) {
        while (true) {
          for (String query : queries()) {
            run(gateway, query);
            System.out.println("done");
          }
        }
      }
    }
  }

  private Process start(Path bucket, Path cache) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            QueryLoop.class.getName(),
            bucket.toString(),
            cache.toString())
        .redirectError(new File(directory.toFile(), "log"))
        .start();
  }

  private static void killAfter(int queries, Process gateway) throws Exception {
    try (BufferedReader output = gateway.inputReader()) {
      for (int done = 0; done < queries; ) {
        String line = output.readLine();
        assertTrue(line != null, "the gateway ended before it was killed");
        done += line.equals("done") ? 1 : 0;
      }
    } finally {
      gateway.destroyForcibly().waitFor();
    }
  }

  @Test
  void theCacheOfAKilledGatewayChangesNoResult() throws Exception {
    Path source = directory.resolve("tsdb");
    Path bucket = directory.resolve("bucket");
    RandomBlocks.write(source, 1);
    ConvertedBlocks.convert(source, bucket);
    try (ObjectStore files = DirectoryObjectStore.open(bucket)) {
      CountingObjectStore store = new CountingObjectStore(files);
      List<Value> expected;
      try (Gateway gateway = Gateway.open(store, options(Optional.empty()))) {
        expected = queries().stream().map(q -> run(gateway, q)).toList();
      }
      int readsWithoutCache = store.count(CountingObjectStore.Operation.READ);
      int readsWithCache = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Path cache = directory.resolve("cache-" + round);
        killAfter(1 + 5 * round, start(bucket, cache));
        store.reset();
        try (Gateway gateway = Gateway.open(store, options(Optional.of(cache)))) {
          assertEquals(expected, queries().stream().map(q -> run(gateway, q)).toList());
        }
        readsWithCache += store.count(CountingObjectStore.Operation.READ);
      }
      // The writer may be killed before its first page, but not every time.
      assertTrue(
          readsWithCache < ROUNDS * readsWithoutCache,
          readsWithCache + " reads in all rounds; one round without a cache: " + readsWithoutCache);
    }
  }
}
