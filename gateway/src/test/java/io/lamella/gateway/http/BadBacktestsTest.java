package io.lamella.gateway.http;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Fields of the request itself that are wrong.
class BadBacktestsTest extends BadBacktests {
  @Test
  void timesThatDoNotFitAreRefused() throws Exception {
    each(NO_DURATIONS, "step", "step: VALUE\n" + WINDOWS + CONSTRAINTS);
    bad("step", "step: 0s\n" + WINDOWS + CONSTRAINTS);
    bad("step", "step: [1m]\n" + WINDOWS + CONSTRAINTS);
    each(NO_TIMES, "start", "start: VALUE\n" + WINDOWS + CONSTRAINTS);
    each(NO_TIMES, "end", "end: VALUE\n" + WINDOWS + CONSTRAINTS);
    bad("end", "start: 700\nend: 600\n" + WINDOWS + CONSTRAINTS);
    bad("windows[0]", "start: 1\n" + WINDOWS + CONSTRAINTS);
    bad("windows[0]", "end: 599\n" + WINDOWS + CONSTRAINTS);
    bad("windows[0]", "start: 0\nshift: [0s, 1m]\n" + WINDOWS + CONSTRAINTS);
    bad("windows[0]", "step: 1ms\n" + WINDOWS + CONSTRAINTS);
    each(List.of("x", "5", "'--5m'", "[1h, x]"), "shift", "shift: VALUE\n" + WINDOWS + CONSTRAINTS);
    bad("shift", "shift: []\n" + WINDOWS + CONSTRAINTS);
    bad("shift", "shift: {a: 1h}\n" + WINDOWS + CONSTRAINTS);
    assertRefused();
  }

  @Test
  void aSweepHasNumbersAndDurationsThatAreUsed() throws Exception {
    each(
        List.of(
            "x",
            "'1; up'",
            "'\"} or up{'",
            "up",
            "1 or vector(1)",
            "'1)'",
            "'$other'",
            "1m1",
            "''"),
        "sweep.limit",
        WINDOWS + "constraints: [{name: c, expr: up > $limit}]\nsweep: {limit: [1, VALUE]}\n");
    bad(
        "sweep.limit",
        WINDOWS + "constraints: [{name: c, expr: up > $limit}]\nsweep: {limit: []}\n");
    bad("sweep.limit", WINDOWS + CONSTRAINTS + "sweep: {limit: [1]}\n");
    bad("sweep.a-b", WINDOWS + CONSTRAINTS + "sweep: {a-b: [1]}\n");
    bad("sweep", WINDOWS + CONSTRAINTS + "sweep: [1]\n");
    bad("sweep.a", WINDOWS + CONSTRAINTS + "sweep: {a: {b: 1}}\n");
    assertRefused();
  }

  @Test
  void aDetailThatThereIsNotIsRefused() throws Exception {
    each(
        List.of("-1", "1001", "x", "1.5", "99999999999", "''"),
        "detail.top_series",
        "detail: {top_series: VALUE}\n" + WINDOWS + CONSTRAINTS);
    each(NO_OBJECTS, "detail", "detail: VALUE\n" + WINDOWS + CONSTRAINTS);
    each(
        List.of("Full", "''", "1"),
        "detail.level",
        "detail: {level: VALUE}\n" + WINDOWS + CONSTRAINTS);
    bad("detail.top_series", "detail: {level: verdict, top_series: 3}\n" + WINDOWS + CONSTRAINTS);
    bad("detail.colour", "detail: {colour: 1}\n" + WINDOWS + CONSTRAINTS);
    bad("limit", "limit: 1\n" + WINDOWS + CONSTRAINTS);
    assertRefused();
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    for (String text :
        List.of("", "x", "[]", "{", "{}}", "a: b: c", "- a", "a: *b", "\t", "{\"a\":1,\"a\":2}")) {
      bad("request", text);
    }
    bad("request", "[".repeat(100));
    bad("request", "a: " + "[".repeat(100) + "]".repeat(100));
    bad("request", "a: &x [1]\nb: *x\n");
    bad("windows", WINDOWS + WINDOWS + CONSTRAINTS);
    assertRefused();
  }
}
