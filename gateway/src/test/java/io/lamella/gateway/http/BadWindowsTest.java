package io.lamella.gateway.http;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Windows that are wrong, or told by a wrong expression.
class BadWindowsTest extends BadBacktests {
  private void labels(String request) {
    for (String name : NO_LABELS) {
      String plain = name.startsWith("'") ? name.substring(1, name.length() - 1) : name;
      bad("windows[0].labels." + plain, request.replace("VALUE", name));
    }
  }

  private void window(String members, String path) {
    bad(path, "windows: [{id: a, start: 0, end: 60}, {" + members + "}]\n" + CONSTRAINTS);
  }

  @Test
  void aValueThatAFieldCannotHaveIsRefused() throws Exception {
    each(NO_TIMES, "windows[0].start", "windows: [{start: VALUE, end: 600}]\n" + CONSTRAINTS);
    each(NO_TIMES, "windows[0].end", "windows: [{start: 0, end: VALUE}]\n" + CONSTRAINTS);
    each(
        NO_DURATIONS,
        "windows[0].duration",
        "windows: [{start: 0, duration: VALUE}]\n" + CONSTRAINTS);
    each(NO_TEXTS, "windows[0].id", "windows: [{id: VALUE, start: 0, end: 1}]\n" + CONSTRAINTS);
    each(NO_TEXTS, "windows[0].start", "windows: [{start: VALUE, end: 1}]\n" + CONSTRAINTS);
    each(
        NO_OBJECTS,
        "windows[0].labels",
        "windows: [{start: 0, end: 1, labels: VALUE}]\n" + CONSTRAINTS);
    labels("windows: [{start: 0, end: 1, labels: {VALUE: x}}]\n" + CONSTRAINTS);
    bad(
        "windows[0].labels.a",
        "windows: [{start: 0, end: 1, labels: {a: {b: c}}}]\n" + CONSTRAINTS);
    bad(
        "windows[0].labels.a[1]",
        "windows: [{start: 0, end: 1, labels: {a: [b, [c]]}}]\n" + CONSTRAINTS);
    bad("windows", "windows: []\n" + CONSTRAINTS);
    bad("windows", "windows: x\n" + CONSTRAINTS);
    bad("windows[0]", "windows: [x]\n" + CONSTRAINTS);
    bad("windows[0]", "windows: [[]]\n" + CONSTRAINTS);
    bad("windows", CONSTRAINTS);
    assertRefused();
  }

  @Test
  void fieldsThatDoNotFitTogetherAreRefused() throws Exception {
    window("id: a, start: 60, end: 120", "windows[1].id");
    window("id: b, start: 60, end: 0", "windows[1].end");
    window("id: b, start: 60, end: 60", "windows[1].end");
    window("id: b, start: 60, duration: 0s", "windows[1].duration");
    window("id: b, start: 60", "windows[1]");
    window("id: b, start: 60, end: 70, duration: 10s", "windows[1]");
    window("id: b, end: 70", "windows[1].start");
    window("id: b, start: '', end: 70", "windows[1].start");
    window("id: b, start: 0, end: 70, dc_id: 45", "windows[1].dc_id");
    window("id: b, start: 0, end: 70, Labels: {}", "windows[1].Labels");
    window("id: b, start: 0, end: 99999999", "windows[1]");
    bad(
        "windows[1].id",
        "windows: [{start: 0, end: 1}, {id: window-1, start: 0, end: 1}]\n" + CONSTRAINTS);
    assertRefused();
  }

  @Test
  void windowsFromHistoryNeedAnExpressionAndARange() throws Exception {
    bad("windows_from", "windows_from: x\n" + CONSTRAINTS);
    bad("windows_from", "windows_from: {expr: up}\n" + CONSTRAINTS);
    bad("windows_from", "start: 0\nend: 99999999\nwindows_from: {expr: up}\n" + CONSTRAINTS);
    bad("windows_from.expr", "start: 0\nend: 60\nwindows_from: {}\n" + CONSTRAINTS);
    bad(
        "windows_from.labels",
        "start: 0\nend: 60\nwindows_from: {expr: up, labels: {}}\n" + CONSTRAINTS);
    each(
        List.of("'1'", "'sum('", "'up[1m]'", "''"),
        "windows_from.expr",
        "start: 0\nend: 60\nwindows_from: {expr: VALUE}\n" + CONSTRAINTS);
    assertRefused();
  }

  /// What multiplies is refused before it is multiplied.
  @Test
  void tooManyCombinationsAreRefused() throws Exception {
    String hundred =
        IntStream.range(0, 100)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "[", "]"));
    bad(
        "constraints[0]",
        "windows: [{start: 0, end: 60}]\nconstraints: [{name: a, expr: 'up > $a + $b + $c'}]\n"
            + "sweep: {a: VALUE, b: VALUE, c: VALUE}".replace("VALUE", hundred));
    bad(
        "windows[0].labels",
        "windows: [{start: 0, end: 60, labels: {a: VALUE, b: VALUE, c: VALUE}}]\n"
                .replace("VALUE", hundred)
            + "constraints: [{name: a, expr: maintenance_window > 1}]");
    bad(
        "windows[0]",
        "step: 1y\nwindows: [{start: 0, duration: 200y}]\n"
            + "constraints: [{name: a, expr: maintenance_window > 1}]");
    assertRefused();
  }
}
