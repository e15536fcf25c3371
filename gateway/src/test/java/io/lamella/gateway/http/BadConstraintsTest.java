package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Constraints that are wrong.
class BadConstraintsTest extends BadBacktests {
  @Test
  void aValueThatAFieldCannotHaveIsRefused() throws Exception {
    each(NO_VECTORS, "constraints[0].expr", WINDOWS + "constraints: [{name: c, expr: VALUE}]\n");
    for (String field : List.of("for", "keep_firing_for", "lead", "lag")) {
      each(
          NO_DURATIONS,
          "constraints[0]." + field,
          WINDOWS + "constraints: [{name: c, expr: up, " + field + ": VALUE}]\n");
    }
    for (String field : List.of("name", "expr", "for", "severity", "on_no_data")) {
      each(
          NO_TEXTS,
          "constraints[0]." + field,
          WINDOWS
              + "constraints: [{"
              + (field.equals("name") ? "" : "name: c, ")
              + (field.equals("expr") ? "" : "expr: up, ")
              + field
              + ": VALUE}]\n");
    }
    each(
        List.of("no", "OK", "''", "no_data", "error"),
        "constraints[0].on_no_data",
        WINDOWS + "constraints: [{name: c, expr: up, on_no_data: VALUE}]\n");
    each(NO_LISTS, "constraints", WINDOWS + "constraints: VALUE\n");
    bad("constraints", WINDOWS);
    bad("constraints", WINDOWS + "constraints: []\n");
    bad("constraints[0].name", WINDOWS + "constraints: [{expr: up}]\n");
    bad("constraints[0].name", WINDOWS + "constraints: [{name: '', expr: up}]\n");
    bad("constraints[0].expr", WINDOWS + "constraints: [{name: c}]\n");
    bad("constraints[0].alert", WINDOWS + "constraints: [{name: c, expr: up, alert: x}]\n");
    bad("constraints[0].foR", WINDOWS + "constraints: [{name: c, expr: up, foR: 5m}]\n");
    assertRefused();
  }

  @Test
  void constraintsThatDoNotFitTheRestAreRefused() throws Exception {
    bad(
        "constraints[1].name",
        WINDOWS + "constraints: [{name: c, expr: up}, {name: c, expr: up}]\n");
    bad(
        "constraints[1].expr",
        WINDOWS + "constraints: [{name: c, expr: up}, {name: d, expr: 'up[1m]'}]\n");
    bad("constraints[0]", WINDOWS + "constraints: [{name: c, expr: up > $limit}]\n");
    bad("constraints[0]", WINDOWS + "constraints: [{name: c, expr: up, for: $hold}]\n");
    bad(
        "constraints[0].for",
        WINDOWS + "constraints: [{name: c, expr: up, for: $h}]\nsweep: {h: [0.5]}\n");
    assertRefused();
  }

  @Test
  void tooManyVerdictsAreRefused() throws Exception {
    String windows = JSON.writeValueAsString("start,end\n" + "1,2\n".repeat(60_000));
    bad(
        "constraints",
        "windows: {format: csv, text: "
            + windows
            + "}\nconstraints: [{name: c, expr: up > $x}]\nsweep: {x: "
            + IntStream.range(0, 100).boxed().toList()
            + "}\n");
    assertRefused();
  }

  @Test
  void aLabelIsNeverReadAsPartOfAnExpression() throws Exception {
    String value = "\"} or up{";
    HttpResponse<String> response =
        send(
            "windows: [{start: 0, end: 600, labels: {dc_id: "
                + JSON.writeValueAsString(value)
                + "}}]\nconstraints: [{name: c, expr: 'up{dc_id=\"$dc_id\"}'}]\n");
    JsonNode verdict = JSON.readTree(response.body()).get("data").get("verdicts").get(0);

    assertEquals("no_data", verdict.get("verdict").asString());
    assertEquals("up{dc_id=\"\\\"} or up{\"}", verdict.get("evidence").get("query").asString());
  }
}
