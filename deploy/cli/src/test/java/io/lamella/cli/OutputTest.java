package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/// What the command line prints: tables, query results, and JSON as it is read for them.
class OutputTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private void print(String json) throws IOException {
    ResultTable.print(json, new PrintWriter(out), new PrintWriter(err));
  }

  private static String success(String data) {
    return "{\"status\":\"success\",\"data\":" + data + "}";
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }

  @Test
  void aTableAlignsTextLeftAndNumbersRight() {
    TextTable table = new TextTable(1, "NAME", "BYTES", "ROWS");
    table.add("a", 1_234_567L, 5);
    table.add("longer", 0L, "");

    table.print(new PrintWriter(out, true));

    assertEquals(
        List.of(
            "NAME        BYTES  ROWS", //
            "a       1,234,567     5",
            "longer          0"),
        lines());
  }

  @Test
  void aTableWithoutRowsPrintsOnlyItsHeader() {
    new TextTable(2, "A", "B").print(new PrintWriter(out, true));

    assertEquals(List.of("A  B"), lines());
  }

  @Test
  void jsonKeepsOrderAndTheTextOfNumbers() {
    Object tree =
        JsonTree.parse("{\"b\":[1.10,1e400,-0,\"x\\n\"],\"a\":{\"t\":true,\"n\":null},\"e\":[]}");

    assertEquals(
        Map.of(
            "b", List.of("1.10", "1e400", "-0", "x\n"),
            "a", Map.of("t", "true", "n", "null"),
            "e", List.of()),
        tree);
    assertTrue(tree instanceof Map<?, ?> m && m.keySet().toString().equals("[b, a, e]"));
  }

  @Test
  void brokenJsonIsRefused() {
    assertThrows(JacksonException.class, () -> JsonTree.parse("{\"a\":"));
    assertThrows(JacksonException.class, () -> JsonTree.parse("<html>"));
  }

  @Test
  void aVectorIsOneLinePerSeries() throws IOException {
    print(
        success(
            "{\"resultType\":\"vector\",\"result\":["
                + "{\"metric\":{\"__name__\":\"up\",\"job\":\"a\",\"zone\":\"1\"},\"value\":[1748829600,\"1\"]},"
                + "{\"metric\":{},\"value\":[1748829600.5,\"-0\"]}]}"));

    assertEquals(
        List.of(
            "up{job=\"a\", zone=\"1\"}  2025-06-02T02:00:00Z       1",
            "{}                     2025-06-02T02:00:00.500Z  -0"),
        lines());
  }

  @Test
  void aMatrixPrintsLabelsOnceAndOmitsTheMiddleOfLongSeries() throws IOException {
    String values =
        IntStream.range(0, 20)
            .mapToObj(i -> "[" + i + ",\"" + i + "\"]")
            .collect(Collectors.joining(","));
    print(
        success(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"up\"},\"values\":["
                + values
                + "]}]}"));

    assertEquals(9, lines().size(), out::toString);
    assertTrue(lines().getFirst().startsWith("up  1970-01-01T00:00:00Z"));
    assertTrue(lines().get(4).contains("… 12 more"));
    assertTrue(lines().getLast().endsWith("19"));
    assertTrue(lines().get(1).startsWith("    1970"));
  }

  @Test
  void histogramsArePrintedLikeValues() throws IOException {
    print(
        success(
            "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},"
                + "\"histogram\":[1,{\"count\":\"3\",\"sum\":\"4.5\"}]}]}"));

    assertEquals(List.of("{a=\"b\"}  1970-01-01T00:00:01Z  {count=3, sum=4.5}"), lines());
  }

  @Test
  void moreThanFortySeriesAreCounted() throws IOException {
    String series =
        IntStream.range(0, 45)
            .mapToObj(i -> "{\"metric\":{\"i\":\"" + i + "\"},\"value\":[0,\"1\"]}")
            .collect(Collectors.joining(","));
    print(success("{\"resultType\":\"vector\",\"result\":[" + series + "]}"));

    assertEquals(41, lines().size());
    assertEquals("… 5 more series", lines().getLast());
  }

  @Test
  void anEmptyResultIsReportedAndAScalarIsPrintedAsItsValue() throws IOException {
    print(success("{\"resultType\":\"vector\",\"result\":[]}"));
    print(success("{\"resultType\":\"scalar\",\"result\":[1,\"NaN\"]}"));
    print(success("{\"resultType\":\"string\",\"result\":[1,\"text\"]}"));

    assertEquals(List.of("(nothing)", "NaN", "text"), lines());
  }

  @Test
  void warningsInfosAndErrorsGoToStderr() throws IOException {
    print(
        "{\"status\":\"success\",\"warnings\":[\"w\"],\"infos\":[\"i\"],\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}}");
    print("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}");

    assertEquals(List.of("w", "i", "error: parse error"), err.toString().lines().toList());
    assertEquals(List.of("2"), lines());
  }

  @Test
  void aResponseThatIsNotJsonIsAnError() {
    IOException e = assertThrows(IOException.class, () -> print("<html>" + "x".repeat(500)));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("cannot read the response: not JSON: <html>x"));
    assertTrue(String.valueOf(e.getMessage()).length() < 300);
  }

  @Test
  void explainOfAResponseWithoutItPrintsNothing() {
    ExplainText.print(
        JsonTree.parse(success("{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}")),
        new PrintWriter(out, true));
    ExplainText.print("no object", new PrintWriter(out, true));

    assertEquals("", out.toString());
  }
}
