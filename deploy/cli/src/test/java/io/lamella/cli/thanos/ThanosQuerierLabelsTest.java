package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.storage.RecordedSamples;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random requests for series, label names and label values through a real Querier with gateways as
/// its stores: nothing is missing of what Prometheus recorded in the range, and what is there in
/// addition is in the answer of Thanos' own stores, too, or has samples of that day around the
/// range.
///
/// Run with `-Dlamella.thanos=PATH`, and `-Dlamella.thanos.queries=450` for more requests of each
/// set.
class ThanosQuerierLabelsTest {
  private static final int COUNT = Integer.getInteger("lamella.thanos.queries", 120);
  private static final long SEED = 5;

  @TempDir Path directory;

  /// The times of all samples by series.
  private static Map<Labels, List<Long>> recorded(String set) throws Exception {
    Map<Labels, List<Long>> out = new TreeMap<>();
    RecordedSamples.read(set)
        .forEach((labels, samples) ->
            out.put(
                labels.toBuilder().add(QuerierLayouts.EXTERNAL, QuerierLayouts.VALUE).build(),
                samples.stream().map(s -> Long.valueOf(s.substring(0, s.indexOf(' ')))).toList()));
    return out;
  }

  private static Set<String> without(Set<String> from, Set<String> others) {
    Set<String> out = new TreeSet<>(from);
    out.removeAll(others);
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void nothingIsMissingAndNothingIsFarFromTheRange(String set) throws Exception {
    ThanosProcess.programOrAbort();
    Map<Labels, List<Long>> recorded = recorded(set);
    LongSummaryStatistics times =
        recorded.values().stream().flatMap(List::stream).mapToLong(t -> t).summaryStatistics();
    List<String> differences = new ArrayList<>();
    try (QuerierLayouts layouts = QuerierLayouts.open(set, directory);
        HttpClient client = HttpClient.newHttpClient()) {
      for (QuerierLayouts.Layout layout : layouts.all()) {
        Random random = new Random(SEED);
        int found = 0;
        int asThanos = 0;
        for (int i = 0; i < COUNT; i++) {
          LabelRequest request =
              LabelRequest.random(
                  random, List.copyOf(recorded.keySet()), times.getMin(), times.getMax());
          Set<String> expected = request.exact(recorded);
          Set<String> ours = request.ask(layout.ours().url(), client);
          Set<String> thanos = request.ask(layout.thanos().url(), client);
          Set<String> missing = without(expected, ours);
          Set<String> more = without(without(ours, thanos), request.atMost(recorded));
          if (!missing.isEmpty() || !more.isEmpty()) {
            differences.add(
                layout.name() + ": " + request + "\n  missing " + missing + "\n  more " + more);
          }
          found += expected.isEmpty() ? 0 : 1;
          asThanos += ours.equals(thanos) ? 1 : 0;
        }
        System.out.printf(
            "%s: %s: %d requests, %d with a result, %d as Thanos%n",
            set, layout.name(), COUNT, found, asThanos);
        assertTrue(found >= COUNT / 3 && asThanos >= COUNT / 2, "requests tell little");
      }
    }
    assertEquals("", String.join("\n", differences));
  }
}
