package io.lamella.bench.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which answers are the same, and which are not.
class AnswerComparisonTest {
  private static final AnswerComparison COMPARISON = new AnswerComparison(Set.of("cluster"));

  private static String matrix(String... series) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
        + String.join(",", series)
        + "]}}";
  }

  private static String series(String labels, String values) {
    return "{\"metric\":{" + labels + "},\"values\":[" + values + "]}";
  }

  private static String text(String want, String got) {
    return COMPARISON.difference(want, got).orElse("");
  }

  @Test
  void orderAndExternalLabelsAndLastDigitsDoNotMatter() {
    String a = series("\"dc\":\"1\"", "[1,\"0.3\"],[2,\"NaN\"]");
    String b = series("\"dc\":\"2\"", "[1,\"1e+06\"]");
    String withCluster =
        series("\"cluster\":\"x\",\"dc\":\"1\"", "[1,\"0.30000000000000004\"],[2,\"NaN\"]");

    assertEquals(Optional.empty(), COMPARISON.difference(matrix(a, b), matrix(b, withCluster)));
  }

  @Test
  void otherValuesTimesAndSeriesAreNamed() {
    String want = matrix(series("\"dc\":\"1\"", "[1,\"5\"]"));

    assertTrue(
        text(want, matrix(series("\"dc\":\"1\"", "[1,\"5.00001\"]"))).contains("expected 5"));
    assertTrue(text(want, matrix(series("\"dc\":\"1\"", "[2,\"5\"]"))).contains("expected 1"));
    assertTrue(
        text(want, matrix(series("\"dc\":\"1\"", "[1,\"5\"],[2,\"5\"]"))).contains("2 elements"));
    assertTrue(text(want, matrix(series("\"dc\":\"3\"", "[1,\"5\"]"))).contains("missing {dc=1}"));
    assertTrue(text(want, matrix(series("\"dc\":\"1\"", "[1,\"NaN\"]"))).contains("NaN"));
    assertTrue(text(want, matrix()).contains("0 series"));
  }

  @Test
  void anErrorIsNoAnswer() {
    String error = "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"boom\"}";

    assertTrue(text(matrix(), error).contains("boom"));
    assertTrue(text(matrix(), "<html>").contains("no JSON"));
  }

  @Test
  void namesAreComparedAsSets() {
    String want = "{\"status\":\"success\",\"data\":[\"a\",\"b\"]}";

    assertEquals("", text(want, "{\"status\":\"success\",\"data\":[\"b\",\"cluster\",\"a\"]}"));
    assertTrue(text(want, "{\"status\":\"success\",\"data\":[\"a\"]}").contains("missing b"));
  }
}
