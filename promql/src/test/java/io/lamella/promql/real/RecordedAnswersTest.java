package io.lamella.promql.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    RecordedAnswers engine =
        new RecordedAnswers(RecordedSamples.load(open(set + ".samples.jsonl.gz")), Set.of());
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
