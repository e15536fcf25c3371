package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Requests for backtests that are wrong: each is refused with an error that begins with the path
/// of the field to blame.
class BadBacktestsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WINDOWS = "windows: [{id: w, start: 0, end: 600}]\n";
  private static final String CONSTRAINTS = "constraints: [{name: c, expr: up == 0}]\n";

  private static final List<String> NO_TIMES =
      List.of(
          "tomorrow",
          "'2025-06-02'",
          "'2025-06-02T02:00:00'",
          "'2025-13-02T02:00:00Z'",
          "'2025-06-31T02:00:00Z'",
          "'2025-06-02T25:00:00Z'",
          "'2025-06-02T02:00:00+99:00'",
          "'+999999-06-02T02:00:00Z'",
          "1.0005",
          "NaN",
          ".inf",
          "1e99",
          "1e999999999",
          "9223372036854775807",
          "-9223372036854775808",
          "0x10",
          "1m",
          "'1;2'");
  private static final List<String> NO_DURATIONS =
      List.of("x", "-5m", "5", "5 m", "1.5h", "m5", "1h1h", "1m1h", "5M", "'5m;'", "99999999999y");
  private static final List<String> NO_TEXTS = List.of("[a]", "{a: b}", "[]", "{}", "[[a]]");
  private static final List<String> NO_LISTS = List.of("a", "1", "{a: b}");
  private static final List<String> NO_OBJECTS = List.of("a", "1", "[a]", "[]");
  private static final List<String> NO_LABELS =
      List.of(
          "'\"} or up{'",
          "a-b",
          "1a",
          "''",
          "__name__",
          "__x",
          "'a b'",
          "'a=b'",
          "'$a'",
          "ä",
          "'a\"'",
          "'{}'",
          "'a,b'");
  private static final List<String> NO_VECTORS =
      List.of(
          "'1'",
          "'1 + 2'",
          "'\"text\"'",
          "time()",
          "scalar(up)",
          "'up[5m]'",
          "'up[5m:1m]'",
          "'rate(up)'",
          "'rate(up[5m]'",
          "'sum('",
          "'up{'",
          "'up{a=}'",
          "'up{a=\"b\"} or'",
          "'up{a=~\"(\"}'",
          "'up == '",
          "'== 0'",
          "'foo bar'",
          "'nofunction(up)'",
          "'up offset'",
          "'up @ x'",
          "'{}'",
          "'{a=\"\"}'",
          "'sum by (a b) (up)'",
          "'up; drop'",
          "'label_replace(up, \"a\")'",
          "'histogram_quantile(up)'",
          "'up and 1'",
          "'up * on (a) group_left (a) up * on'",
          "'quantile(up)'",
          "')'",
          "'up}'");

  private final ApiServer server = EmptySource.serve(ApiServer.HttpOptions.LOCAL);
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Bad> all = new ArrayList<>();

  private record Bad(String path, String request) {}

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void bad(String path, String request) {
    all.add(new Bad(path, request));
  }

  private HttpResponse<String> send(String body) throws Exception {
    return send("", body);
  }

  private HttpResponse<String> send(String parameters, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/api/v1/backtest" + parameters))
            .header("Content-Type", "application/yaml")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /// Sends all, and asserts on each response.
  private void assertRefused() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Bad b : all) {
      HttpResponse<String> response = send(b.request());
      JsonNode body = JSON.readTree(response.body());
      String error = body.path("error").asString("");
      if (response.statusCode() != 400
          || !body.path("errorType").asString("").equals("bad_data")
          || !error.startsWith(b.path() + ": ")) {
        String shown = b.request().substring(0, Math.min(300, b.request().length()));
        wrong.add(b.path() + " in\n" + shown + "\n-> " + response.statusCode() + " " + error);
      }
    }
    assertEquals("", String.join("\n\n", wrong));
  }

  private void each(List<String> values, String path, String request) {
    values.forEach(v -> bad(path, request.replace("VALUE", v)));
  }

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
  void threeHundredWrongRequestsNameTheField() throws Exception {
    windows();
    constraints();
    rest();
    propose();
    files();
    groups();
    associations();

    assertTrue(all.size() >= 300, () -> all.size() + " requests");
    assertRefused();
  }

  /// What multiplies is refused before it is multiplied.
  private void products() {
    String hundred =
        java.util.stream.IntStream.range(0, 100)
            .mapToObj(Integer::toString)
            .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
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
  }

  private void windows() {
    products();
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
    bad("windows", CONSTRAINTS);
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
    bad("windows", "windows: []\n" + CONSTRAINTS);
    bad("windows", "windows: x\n" + CONSTRAINTS);
    bad("windows[0]", "windows: [x]\n" + CONSTRAINTS);
    bad("windows[0]", "windows: [[]]\n" + CONSTRAINTS);
  }

  private void constraints() {
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
  }

  private void propose() {
    String tail = "\n" + WINDOWS + CONSTRAINTS;
    each(NO_OBJECTS, "propose", "propose: VALUE" + tail);
    each(NO_DURATIONS, "propose.horizon", "propose: {horizon: VALUE}" + tail);
    each(NO_DURATIONS, "propose.step", "propose: {step: VALUE}" + tail);
    each(NO_TIMES, "propose.earliest", "propose: {earliest: VALUE}" + tail);
    each(NO_TIMES, "propose.latest", "propose: {latest: VALUE}" + tail);
    each(List.of("0", "-1", "101", "x", "1.5"), "propose.count", "propose: {count: VALUE}" + tail);
    each(
        List.of("0", "10001", "''"), "propose.max_windows", "propose: {max_windows: VALUE}" + tail);
    bad("propose.horizon", "propose: {horizon: 0s}" + tail);
    bad("propose.horizon", "propose: {horizon: 367d}" + tail);
    bad("propose.step", "propose: {horizon: 1h, step: 2h}" + tail);
    bad("propose.step", "propose: {horizon: 366d, step: 1s}" + tail);
    bad("propose.latest", "propose: {earliest: 60, latest: 0}" + tail);
    bad("propose.slots", "propose: {slots: 3}" + tail);
    each(NO_OBJECTS, "propose.quiet_hours", "propose: {quiet_hours: VALUE}" + tail);
    String quiet = "propose: {quiet_hours: {work: inside, times: '22:00-06:00', VALUE}}" + tail;
    each(List.of("time_zone: Mars", "time_zone: ''"), "propose.quiet_hours.time_zone", quiet);
    bad("propose.quiet_hours.zone", quiet.replace("VALUE", "zone: UTC"));
    each(
        List.of("''", "22", "22:00", "22:00-25:00", "22-06", "24:00-06:00", "03:00-03:00", "[]"),
        "propose.quiet_hours.times",
        "propose: {quiet_hours: {work: inside, times: VALUE}}" + tail);
    bad("propose.quiet_hours.times", "propose: {quiet_hours: {work: outside}}" + tail);
    each(
        List.of("in", "''", "true"),
        "propose.quiet_hours.work",
        "propose: {quiet_hours: {work: VALUE, times: '22:00-06:00'}}" + tail);
    String thousand =
        java.util.stream.IntStream.range(0, 1000)
            .mapToObj(i -> "{start: " + i + ", duration: 1m}")
            .collect(java.util.stream.Collectors.joining(", ", "windows: [", "]\n"));
    bad(
        "propose",
        thousand + CONSTRAINTS + "propose: {horizon: 6d, step: 1m, max_windows: 1000}\n");
    bad(
        "propose",
        thousand
            + "constraints: [{name: c, expr: up > $limit}]\nsweep: {limit: "
            + java.util.stream.IntStream.range(0, 30).boxed().toList()
            + "}\npropose: {horizon: 1h, step: 1m, max_windows: 1000, count: 1}\nshift: [0s, 1h]\n");
  }

  private void rest() {
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
    each(List.of("x", "5", "'--5m'", "[1h, x]"), "shift", "shift: VALUE\n" + WINDOWS + CONSTRAINTS);
    bad("shift", "shift: []\n" + WINDOWS + CONSTRAINTS);
    bad("shift", "shift: {a: 1h}\n" + WINDOWS + CONSTRAINTS);
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
    for (String text :
        List.of("", "x", "[]", "{", "{}}", "a: b: c", "- a", "a: *b", "\t", "{\"a\":1,\"a\":2}")) {
      bad("request", text);
    }
    bad("request", "[".repeat(100));
    bad("request", "a: " + "[".repeat(100) + "]".repeat(100));
    bad("request", "a: &x [1]\nb: *x\n");
    bad("windows", WINDOWS + WINDOWS + CONSTRAINTS);
  }

  private void text(String format, String text, String path) {
    bad(
        path,
        "windows: {format: "
            + format
            + ", text: "
            + JSON.writeValueAsString(text)
            + "}\n"
            + CONSTRAINTS);
  }

  private void files() {
    bad("windows.format", "windows: {text: a}\n" + CONSTRAINTS);
    bad("windows.text", "windows: {format: csv}\n" + CONSTRAINTS);
    bad("windows.text", "windows: {format: csv, text: ''}\n" + CONSTRAINTS);
    bad("windows.file", "windows: {file: /etc/passwd}\n" + CONSTRAINTS);
    bad("windows.color", "windows: {format: csv, text: a, color: b}\n" + CONSTRAINTS);
    text("xml", "a", "windows.format");
    text("csv", "id,end\na,1\n", "windows.text[line 1].start");
    text("csv", "id,start\na,1\n", "windows.text[line 1]");
    text("csv", "start,end,start\n1,2,3\n", "windows.text[line 1].start");
    text("csv", "start,end\n1\n", "windows.text[line 2]");
    text("csv", "start,end\n1,2,3\n", "windows.text[line 2]");
    text("csv", "start,end\n\"1,2\n", "windows.text[line 2]");
    text("csv", "start,end\n\"1\"x,2\n", "windows.text[line 2]");
    text("csv", "start,end\n1,2\n\n5,4\n", "windows.text[line 4].end");
    text("csv", "start,end,a\"} or up{\n1,2,x\n", "windows.text[line 2].labels.a\"} or up{");
    text("csv", "id,start,end\na,1,2\na,3,4\n", "windows.text[line 3].id");
    text("csv", "start,end" + ",".repeat(300) + "\n", "windows.text[line 1]");
    text("ndjson", "{\"start\":1,\"end\":2}\nx\n", "windows.text[line 2]");
    text("ndjson", "{\"start\":1,\"end\":2}\n{\"start\":1\n", "windows.text[line 2]");
    text("ndjson", "{\"start\":1,\"end\":2} {}\n", "windows.text[line 1]");
    text("ndjson", "[1]\n", "windows.text[line 1]");
    text("ndjson", "{\"start\":1,\"end\":\"x\"}\n", "windows.text[line 1].end");
    text("ical", "BEGIN:VEVENT\nEND:VEVENT\n", "windows.text[line 1]");
    text("ical", "BEGIN:VCALENDAR\nx\n", "windows.text[line 2]");
    text("ical", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n", "windows.text[line 2].DTSTART");
    text("ical", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n", "windows.text[line 2]");
    for (String line :
        List.of("RRULE:FREQ=DAILY", "RDATE:20250602T020000Z", "RECURRENCE-ID:20250602T020000Z")) {
      event(line, "windows.text[line 5]." + line.replaceAll(":.*", ""));
    }
    event("DTEND:20250602T030000", "windows.text[line 5].DTEND");
    event("DTEND;TZID=Nowhere/City:20250602T030000", "windows.text[line 5].DTEND");
    event("DTEND:20250602T010000Z", "windows.text[line 5].DTEND");
    event("DTEND;VALUE=DATE:20250602", "windows.text[line 5].DTEND");
    event("DURATION:x", "windows.text[line 5].DURATION");
    event("DURATION:P99999999999D", "windows.text[line 5].DURATION");
    event("DURATION:-PT1H", "windows.text[line 5].DURATION");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a", "windows.text[line 6].X-LAMELLA-LABELS");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a=1;a=2", "windows.text[line 6].X-LAMELLA-LABELS");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a b=1", "windows.text[line 6].X-LAMELLA-LABELS.a b");
  }

  private void event(String lines, String path) {
    text(
        "ical",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20250602T020000Z\n"
            + lines
            + "\nEND:VEVENT\nEND:VCALENDAR\n",
        path);
  }

  private void rule(String members, String path) {
    bad("groups[0].rules[0]" + path, WINDOWS + "groups: [{name: g, rules: [{" + members + "}]}]\n");
  }

  private void groups() {
    rule("record: 'a:b', alert: A, expr: up", ".alert");
    rule("record: 'a:b', expr: up, for: 1m", ".for");
    rule("record: 'a:b', expr: up, keep_firing_for: 1m", ".keep_firing_for");
    rule("record: 'a:b', expr: up, annotations: {a: b}", ".annotations");
    rule("record: 'a:b', expr: up, severity: page", ".severity");
    rule("record: 'a:b', expr: up, labels: {__name__: b}", ".labels.__name__");
    rule("record: 'a:b', expr: up, labels: {a: [b]}", ".labels.a");
    rule("record: 'a:b'", ".expr");
    rule("record: ''", ".record");
    rule("record: 'up{}', expr: up", ".record");
    rule("expr: up", ".alert");
    rule("alert: A", ".expr");
    rule("alert: A, expr: 'sum('", ".expr");
    rule("alert: A, expr: '1'", ".expr");
    rule("alert: A, expr: up, for: x", ".for");
    rule("alert: A, expr: up, keep_firing_for: x", ".keep_firing_for");
    rule("alert: A, expr: up, severity: page", ".severity");
    rule("alert: A, expr: up, labels: x", ".labels");
    rule("alert: A, expr: up, labels: {a: [b]}", ".labels.a");
    rule("alert: A, expr: up, annotations: [x]", ".annotations");
    rule("alert: A, expr: up, annotations: {a: {b: c}}", ".annotations.a");
    bad("groups", WINDOWS + "groups: x\n");
    bad("groups[0]", WINDOWS + "groups: [x]\n");
    bad("groups[0].name", WINDOWS + "groups: [{rules: []}]\n");
    bad("groups[0].interval", WINDOWS + "groups: [{name: g, interval: x}]\n");
    bad("groups[0].query_offset", WINDOWS + "groups: [{name: g, query_offset: -1m}]\n");
    bad("groups[0].limit", WINDOWS + "groups: [{name: g, limit: x}]\n");
    bad("groups[0].labels", WINDOWS + "groups: [{name: g, labels: x}]\n");
    recordingRules();
    bad("groups[0].source", WINDOWS + "groups: [{name: g, source: x}]\n");
    bad("groups[0].rules", WINDOWS + "groups: [{name: g, rules: x}]\n");
    bad("groups[0].rules[0]", WINDOWS + "groups: [{name: g, rules: [x]}]\n");
    bad("groups[1].name", WINDOWS + "groups: [{name: g}, {name: g}]\n");
    bad("constraints", WINDOWS + "groups: [{name: g, rules: []}]\n");
  }

  private void recordingRules() {
    for (String expr : List.of("'sum('", "'up[5m]'", "'\"text\"'", "'up > $limit'", "r")) {
      bad(
          "groups[0].rules[0].expr",
          WINDOWS
              + CONSTRAINTS
              + "groups: [{name: g, rules: [{record: r, expr: VALUE}]}]\n".replace("VALUE", expr));
    }
  }

  private void association(String members, String path) {
    bad("associations[0]" + path, WINDOWS + CONSTRAINTS + "associations: [{" + members + "}]\n");
  }

  private void associations() {
    String rest = ", metric: up, from: dc_id, to: pool";
    for (String name : NO_LABELS) {
      association("type: " + name + rest, ".type");
      association("type: pools, inverse: " + name + rest, ".inverse");
      association("type: pools, metric: up, to: pool, from: " + name, ".from");
      association("type: pools, metric: up, from: dc_id, to: " + name, ".to");
    }
    each(
        NO_VECTORS,
        "associations[0].metric",
        WINDOWS
            + CONSTRAINTS
            + "associations: [{type: pools, metric: VALUE, from: dc_id, to: pool}]\n");
    association("type: pools, metric: up offset 5m, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: up @ 5, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: sum(up), from: dc_id, to: pool", ".metric");
    association("type: pools, metric: " + "a".repeat(1001) + ", from: dc_id, to: pool", ".metric");
    association(
        "type: pools, metric: '{a=~\"((x{1000}){1000}){9}\"}', from: dc_id, to: pool", ".metric");
    association("metric: up, from: dc_id, to: pool", ".type");
    association("type: pools, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: up, to: pool", ".from");
    association("type: pools, metric: up, from: dc_id", ".to");
    association("type: pools, metric: up, from: dc_id, to: dc_id", ".to");
    association("type: pools, inverse: pools" + rest, ".inverse");
    association("type: pools, color: red" + rest, ".color");
    association("type: [pools]" + rest, ".type");
    each(NO_LISTS, "associations", WINDOWS + CONSTRAINTS + "associations: VALUE\n");
    bad("associations[0]", WINDOWS + CONSTRAINTS + "associations: [x]\n");
    String two = "{type: VALUE, metric: up, from: a, to: b}";
    bad(
        "associations[1].type",
        WINDOWS + CONSTRAINTS + "associations: [VALUE, VALUE]".replace("VALUE", two));
    bad(
        "associations",
        WINDOWS + CONSTRAINTS + "associations: [" + (two + ", ").repeat(101) + "]\n");
  }

  @Test
  void partsThatThereAreNotAreRefused() throws Exception {
    for (String part : List.of("0/3", "4/3", "1", "1/", "a/b", "-1/2", "1/10000", "1/2/3")) {
      HttpResponse<String> response = send("?format=ndjson&part=" + part, WINDOWS + CONSTRAINTS);

      assertEquals(400, response.statusCode(), part);
      assertTrue(
          response.body().contains("invalid parameter \\\"part\\\": expected"), response::body);
    }
  }

  @Test
  void aPartIsNoReport() throws Exception {
    HttpResponse<String> response = send("?format=json&part=1/2", WINDOWS + CONSTRAINTS);

    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("needs format=ndjson"), response::body);
  }

  @Test
  void aPartSaysItsNumbers() throws Exception {
    String first = send("?format=ndjson&part=1/2", WINDOWS + CONSTRAINTS).body();
    String second = send("?format=ndjson&part=2/2", WINDOWS + CONSTRAINTS).body();

    assertTrue(
        first.contains("\"verdicts\":1,\"part\":{\"from\":0,\"to\":1,\"snapshot\":\""), first);
    assertTrue(first.contains("{\"type\":\"verdict\",\"number\":0,\"window\":\"w\","), first);
    assertTrue(
        second.contains("\"verdicts\":1,\"part\":{\"from\":1,\"to\":1,\"snapshot\":\""), second);
  }

  @Test
  void tooManyWindowsAreRefused() throws Exception {
    StringBuilder lines = new StringBuilder("start,end\n");
    lines.append("1,2\n".repeat(100_001));
    text("csv", lines.toString(), "windows.text");
    lines.append("1,2\n".repeat(900_000));
    text("csv", lines.toString(), "windows.text");
    assertRefused();
  }

  @Test
  void tooManyVerdictsAreRefused() throws Exception {
    StringBuilder lines = new StringBuilder("start,end\n");
    lines.append("1,2\n".repeat(60_000));
    StringBuilder values = new StringBuilder("0");
    for (int i = 1; i < 100; i++) {
      values.append(", ").append(i);
    }
    text("csv", lines.toString(), "constraints");
    Bad bad = all.removeFirst();
    bad(
        bad.path(),
        bad.request().replace(CONSTRAINTS, "constraints: [{name: c, expr: up > $x}]\n")
            + "sweep: {x: ["
            + values
            + "]}\n");
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
