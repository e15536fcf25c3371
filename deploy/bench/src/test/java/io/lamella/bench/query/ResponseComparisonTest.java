package io.lamella.bench.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which responses are equal, and which are not.
class ResponseComparisonTest {
  private static final ResponseComparison COMPARISON = new ResponseComparison(Set.of("cluster"));

  private static String matrix(String... series) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
        + String.join(",", series)
        + "]}}";
  }

  private static String series(String labels, String values) {
    return "{\"metric\":{" + labels + "},\"values\":[" + values + "]}";
  }

  private static final BenchQuery ANY_ORDER = BenchQuery.instant("up", 0);

  private static String text(String expected, String actual) {
    return COMPARISON.difference(ANY_ORDER, expected, actual).orElse("");
  }

  @Test
  void orderAndExternalLabelsAndLastDigitsDoNotMatter() {
    String a = series("\"dc\":\"1\"", "[1,\"0.3\"],[2,\"NaN\"]");
    String b = series("\"dc\":\"2\"", "[1,\"1e+06\"]");
    String withCluster =
        series("\"cluster\":\"x\",\"dc\":\"1\"", "[1,\"0.30000000000000004\"],[2,\"NaN\"]");

    assertEquals(
        Optional.empty(), COMPARISON.difference(ANY_ORDER, matrix(a, b), matrix(b, withCluster)));
  }

  @Test
  void otherValuesTimesAndSeriesAreNamed() {
    String expected = matrix(series("\"dc\":\"1\"", "[1,\"5\"]"));

    assertTrue(
        text(expected, matrix(series("\"dc\":\"1\"", "[1,\"5.00001\"]"))).contains("expected 5"));
    assertTrue(text(expected, matrix(series("\"dc\":\"1\"", "[2,\"5\"]"))).contains("expected 1"));
    assertTrue(
        text(expected, matrix(series("\"dc\":\"1\"", "[1,\"5\"],[2,\"5\"]")))
            .contains("2 elements"));
    assertTrue(
        text(expected, matrix(series("\"dc\":\"3\"", "[1,\"5\"]"))).contains("missing {dc=1}"));
    assertTrue(text(expected, matrix(series("\"dc\":\"1\"", "[1,\"NaN\"]"))).contains("NaN"));
    assertTrue(text(expected, matrix()).contains("0 series"));
  }

  @Test
  void anErrorIsNotEqual() {
    String error = "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"boom\"}";

    assertTrue(text(matrix(), error).contains("boom"));
    assertTrue(text(matrix(), "<html>").contains("no JSON"));
  }

  @Test
  void orderMattersWhereTheQuerySorts() {
    String up = vector("1", "2");
    String down = vector("2", "1");

    assertEquals("", text(up, down));
    for (String call :
        new String[] {"sort(up)", "sort_desc(up)", "topk(2, up)", "bottomk(2, up)"}) {
      BenchQuery sorted = BenchQuery.instant(call, 0);
      assertEquals(Optional.empty(), COMPARISON.difference(sorted, up, up));
      assertTrue(COMPARISON.difference(sorted, up, down).orElse("").contains("order of values"));
    }
    // A range query does not sort.
    BenchQuery range = BenchQuery.range("sort(up)", 0, 1000, 1000);
    assertEquals(Optional.empty(), COMPARISON.difference(range, up, down));
  }

  private static String vector(String... values) {
    StringBuilder out = new StringBuilder();
    for (String v : values) {
      out.append(out.isEmpty() ? "" : ",");
      out.append("{\"metric\":{\"dc\":\"").append(v).append("\"},\"value\":[0,\"");
      out.append(v).append("\"]}");
    }
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + out + "]}}";
  }

  @Test
  void minusZeroIsNotZero() {
    String zero = matrix(series("\"dc\":\"1\"", "[1,\"0\"]"));
    String minusZero = matrix(series("\"dc\":\"1\"", "[1,\"-0\"]"));

    assertEquals("", text(minusZero, minusZero));
    assertTrue(text(zero, minusZero).contains("-0, expected 0"));
  }

  @Test
  void namesAreComparedInOrder() {
    String expected = "{\"status\":\"success\",\"data\":[\"a\",\"b\"]}";

    assertEquals("", text(expected, "{\"status\":\"success\",\"data\":[\"a\",\"b\",\"cluster\"]}"));
    assertTrue(
        text(expected, "{\"status\":\"success\",\"data\":[\"b\",\"a\"]}")
            .contains("another order"));
    assertTrue(text(expected, "{\"status\":\"success\",\"data\":[\"a\"]}").contains("missing b"));
  }
}
