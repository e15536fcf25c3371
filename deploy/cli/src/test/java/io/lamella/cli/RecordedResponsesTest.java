package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The comparison with recorded responses notices order, the sign of zero, and histograms.
class RecordedResponsesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String result(String... values) {
    return List.of(values).stream()
        .map(v -> v.split("="))
        .map(v -> "{\"metric\":{\"a\":\"" + v[0] + "\"},\"value\":[1,\"" + v[1] + "\"]}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String difference(String query, String expected, String actual) {
    JsonNode recorded =
        JSON.readTree(
            "{\"status\":\"success\",\"resultType\":\"vector\",\"query\":"
                + JSON.writeValueAsString(query)
                + ",\"result\":"
                + expected
                + "}");
    JsonNode response =
        JSON.readTree(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
                + actual
                + "}}");
    return RecordedResponses.compare(recorded, response).orElse("");
  }

  @Test
  void orderMattersWhereTheQuerySorts() {
    String up = result("x=1", "y=2");
    String down = result("y=2", "x=1");

    assertEquals("", difference("up", up, down));
    assertEquals("", difference("sort(up)", up, up));
    assertEquals("order", difference("sort(up)", up, down));
    assertEquals("order", difference("sort_desc(up{a=\")\"})", down, up));
    assertEquals("order", difference("topk(2, up)", down, up));
    assertEquals("value or order", difference("sort_by_label(up, \"a\")", up, down));
    // The order of groups, and of a result computed from a sorted vector, does not matter.
    assertEquals("", difference("topk(2, up) by (b)", up, down));
    assertEquals("", difference("sort(up) + sort(up)", up, down));
  }

  @Test
  void tiesOfASortMayBeInAnyOrder() {
    assertEquals("", difference("sort(up)", result("x=1", "y=1"), result("y=1", "x=1")));
    assertEquals("value", difference("sort(up)", result("x=1", "y=1"), result("x=1", "z=1")));
  }

  @Test
  void minusZeroIsNotZero() {
    assertEquals("", difference("up", result("x=-0"), result("x=-0")));
    assertEquals("value", difference("up", result("x=-0"), result("x=0")));
    assertEquals("", difference("up", result("x=0.3"), result("x=0.30000000000000004")));
    assertEquals("value", difference("up", result("x=NaN"), result("x=0")));
  }

  @Test
  void histogramsAreComparedByBucket() {
    String one =
        "[{\"metric\":{},\"histogram\":[1,{\"count\":\"2\",\"sum\":\"3\",\"buckets\":[[0,\"1\",\"2\",\"2\"]]}]}]";

    assertEquals("", difference("up", one, one));
    assertEquals("value", difference("up", one, one.replace("[0,", "[3,")));
    assertEquals("value", difference("up", one, one.replace("\"1\",\"2\"", "\"1\",\"4\"")));
  }
}
