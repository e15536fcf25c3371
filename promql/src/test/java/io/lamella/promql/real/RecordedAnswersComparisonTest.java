package io.lamella.promql.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The comparison itself finds wrong orders and signs of zero.
class RecordedAnswersComparisonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RecordedAnswers answers =
      new RecordedAnswers(
          new MemorySeriesSource(
              Map.of(
                  Labels.of("__name__", "m", "i", "a"), sample(2),
                  Labels.of("__name__", "m", "i", "b"), sample(1),
                  Labels.of("__name__", "m", "i", "c"), sample(2),
                  Labels.of("__name__", "zero"), sample(-0.0))),
          Set.of());

  private static SampleColumns sample(double value) {
    SampleColumns c = new SampleColumns();
    c.add(0, value);
    return c;
  }

  private static JsonNode vector(String query, String... elements) {
    return JSON.readTree(
        """
        {"status": "success", "query": "%s", "start": 0, "end": 0, "step": 0,
         "resultType": "vector", "result": [%s]}
        """
            .formatted(query, String.join(",", elements)));
  }

  private static String element(String i, String value) {
    return "{\"metric\": {\"__name__\": \"m\", \"i\": \"%s\"}, \"value\": [0, \"%s\"]}"
        .formatted(i, value);
  }

  @Test
  void theOrderOfASortedVectorIsCompared() {
    String a = element("a", "2");
    String b = element("b", "1");
    String c = element("c", "2");
    for (String query : new String[] {"sort(m)", "bottomk(3, m)", "(sort(m))"}) {
      assertEquals("", answers.compare(vector(query, b, a, c)), query);
      assertTrue(answers.compare(vector(query, a, b, c)).startsWith("order"), query);
    }
    for (String query : new String[] {"sort_desc(m)", "topk(3, m)"}) {
      assertEquals("", answers.compare(vector(query, a, c, b)), query);
      assertTrue(answers.compare(vector(query, b, a, c)).startsWith("order"), query);
    }
  }

  @Test
  void elementsWithEqualValuesMayBeInAnyOrder() {
    String difference =
        answers.compare(vector("sort(m)", element("b", "1"), element("c", "2"), element("a", "2")));
    assertEquals("", difference);
  }

  @Test
  void anOrderByLabelsIsComparedExactly() {
    String a = element("a", "2");
    String b = element("b", "1");
    String c = element("c", "2");
    String query = "sort_by_label_desc(m, \\\"i\\\")";
    assertEquals("", answers.compare(vector(query, c, b, a)));
    assertTrue(answers.compare(vector(query, a, b, c)).startsWith("order"));
  }

  @Test
  void theOrderOfOtherVectorsIsNotCompared() {
    String difference =
        answers.compare(vector("m", element("c", "2"), element("a", "2"), element("b", "1")));
    assertEquals("", difference);
  }

  @Test
  void minusZeroIsNotZero() {
    String element = "{\"metric\": {\"__name__\": \"zero\"}, \"value\": [0, \"%s\"]}";
    assertEquals("", answers.compare(vector("zero", element.formatted("-0"))));
    assertTrue(answers.compare(vector("zero", element.formatted("0"))).contains("want 0 got -0"));
  }
}
