package io.lamella.promql.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.SmallParts;
import io.lamella.promql.source.SeriesSource;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Our results of 1,350 queries equal the recorded results of Prometheus' engine.
class RecordedAnswersTest {
  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void everyRecordedResultEqualsOurs(String set) {
    SeriesSource source = RecordedSamples.load(open(set + ".samples.jsonl.gz"));
    assertAllEqual(set, new RecordedAnswers(source, Set.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void everyRecordedResultEqualsOursFromSeveralThreads(String set) {
    SeriesSource source = RecordedSamples.load(open(set + ".samples.jsonl.gz"));
    assertAllEqual(set, new RecordedAnswers(source, Set.of(), 1e-9, SmallParts.workers()));
  }

  private static void assertAllEqual(String set, RecordedAnswers engine) {
    List<String> different = new ArrayList<>();
    for (JsonNode recorded : RecordedSamples.lines(open(set + ".answers.jsonl.gz"))) {
      String difference = engine.compare(recorded);
      if (!difference.isEmpty()) {
        different.add(recorded.get("query").asString() + ": " + difference);
      }
    }
    assertEquals(List.of(), different);
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(
        RecordedAnswersTest.class.getResourceAsStream("/real/" + name), name);
  }
}
