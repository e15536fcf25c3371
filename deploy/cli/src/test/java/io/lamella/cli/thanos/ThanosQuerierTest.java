package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.RecordedResponses;
import io.lamella.storage.RecordedSamples;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

  @TempDir Path directory;

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
    try (QuerierLayouts layouts = QuerierLayouts.open(set, directory);
        HttpClient client = HttpClient.newHttpClient()) {
      for (QuerierLayouts.Layout layout : layouts.all()) {
        QuerierResults ours =
            new QuerierResults(layout.ours().url(), client, QuerierLayouts.EXTERNAL);
        QuerierResults thanos =
            new QuerierResults(layout.thanos().url(), client, QuerierLayouts.EXTERNAL);
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
