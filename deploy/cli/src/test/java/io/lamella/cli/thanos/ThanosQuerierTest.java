package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.cli.RecordedResponses;
import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Recorded queries through a real Querier with gateways as its stores: each result is that of
/// Prometheus, or where Thanos differs from Prometheus, that of a Querier over Thanos' own stores
/// with the same chunks in the same places.
///
/// Run with `-Dlamella.thanos=PATH`, and `-Dlamella.thanos.queries=450` for more queries of each
/// set.
class ThanosQuerierTest {
  private static final int COUNT = Integer.getInteger("lamella.thanos.queries", 120);
  private static final long SEED = 5;
  private static final String EXTERNAL = "zcluster";

  /// In the middle of a block, and for floats between two samples.
  private static final Instant MIDDLE = Instant.parse("2025-01-02T09:13:07.123Z");

  private static final Instant FUTURE = Instant.parse("2100-01-01T00:00:00Z");

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private int processes;

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable c : opened.reversed()) {
      c.close();
    }
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  private Path work() {
    return directory.resolve("process" + processes++);
  }

  private int store(Path bucket, String... more) throws Exception {
    return open(ThanosProcess.store(bucket, work(), more)).grpcPort;
  }

  private ThanosProcess query(List<Integer> stores, String... more) throws Exception {
    return open(ThanosProcess.query(work(), stores, more));
  }

  private GrpcGateway gateway(Instant min, Instant max) throws Exception {
    ObjectStore store = open(DirectoryObjectStore.open(directory.resolve("bucket")));
    BlockSlice slice = new BlockSlice(_ -> min, _ -> max, List.of(), InstantSource.system());
    return open(GrpcGateway.open(store, ConvertedBlocks.withoutPageCache().withSlice(slice)));
  }

  /// Queriers over the same series: of gateways, and of nothing but Thanos' own processes.
  private record Layout(String name, ThanosProcess ours, ThanosProcess thanos) {}

  private List<Layout> layouts(String set) throws Exception {
    GrpcGateway.publish(set, directory.resolve("bucket"), EXTERNAL, "a");
    SourceBuckets.copy(set, directory.resolve("source"), EXTERNAL, "a");
    int old = gateway(Instant.EPOCH, MIDDLE).server.port();
    int recent = gateway(MIDDLE, FUTURE).server.port();
    SourceBuckets.write(
        gateway(Instant.EPOCH, FUTURE).series(GrpcGateway.all()),
        directory.resolve("same"),
        EXTERNAL);
    int thanosOld = store(directory.resolve("same"), "--max-time=" + MIDDLE);
    int thanosRecent = store(directory.resolve("same"), "--min-time=" + MIDDLE);
    int source = store(directory.resolve("source"));
    String[] distributed = {"--query.mode=distributed", "--query.promql-engine=thanos"};
    return List.of(
        new Layout(
            "two slices, streams merged by their order",
            query(List.of(old, recent), "--grpc.proxy-strategy=lazy", "--grpc-compression=snappy"),
            query(List.of(thanosOld, thanosRecent))),
        new Layout(
            "two slices beside a store of the source blocks",
            query(List.of(old, recent, source)),
            query(List.of(thanosOld, thanosRecent, source))),
        new Layout(
            "distributed over two slices",
            query(List.of(old, recent), distributed),
            query(
                List.of(query(List.of(thanosOld)).grpcPort, query(List.of(thanosRecent)).grpcPort),
                distributed)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void resultsAreThoseOfPrometheusOrOfThanosWithItsOwnStores(String set) throws Exception {
    ThanosProcess.programOrAbort();
    List<JsonNode> recorded =
        new ArrayList<>(
            RecordedResponses.read(RecordedSamples.recorded(set + ".answers.jsonl.gz")));
    Collections.shuffle(recorded, new Random(SEED));
    recorded = recorded.subList(0, Math.min(COUNT, recorded.size()));
    List<String> differences = new ArrayList<>();
    List<String> counts = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (Layout layout : layouts(set)) {
        QuerierResults ours = new QuerierResults(layout.ours().url(), client, EXTERNAL);
        QuerierResults thanos = new QuerierResults(layout.thanos().url(), client, EXTERNAL);
        int asPrometheus = 0;
        for (JsonNode r : recorded) {
          JsonNode result = ours.ask(r);
          if (QuerierResults.areEqual(QuerierResults.recorded(r), result)) {
            asPrometheus++;
          } else if (!QuerierResults.areEqual(thanos.ask(r), result)) {
            differences.add(
                layout.name() + ": " + r + "\n  actual " + result + "\n  Thanos " + thanos.ask(r));
          }
        }
        counts.add(layout.name() + ": " + asPrometheus);
        assertTrue(asPrometheus >= recorded.size() / 2, counts::toString);
      }
    }
    System.out.printf("%s: %d queries, as Prometheus: %s%n", set, recorded.size(), counts);
    assertEquals("", String.join("\n", differences));
  }
}
