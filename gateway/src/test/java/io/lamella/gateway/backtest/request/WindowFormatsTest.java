package io.lamella.gateway.backtest.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.RecordingRule;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.JsonQuote;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Windows as files, and rule files of Prometheus.
class WindowFormatsTest {
  private static final String CONSTRAINTS = "\"constraints\":[{\"name\":\"a\",\"expr\":\"up\"}]";

  private static List<String> windows(String format, String text) {
    String request =
        "{\"windows\":{\"format\":\""
            + format
            + "\",\"text\":"
            + JsonQuote.quote(text)
            + "},"
            + CONSTRAINTS
            + "}";
    return BacktestReader.read(request).windows().stream().map(WindowFormatsTest::text).toList();
  }

  private static String text(Window w) {
    return w.id()
        + " "
        + Instant.ofEpochMilli(w.startMillis())
        + " "
        + Instant.ofEpochMilli(w.endMillis())
        + " "
        + w.labels();
  }

  private static String error(String format, String text) {
    return String.valueOf(
        assertThrows(BacktestException.class, () -> windows(format, text)).getMessage());
  }

  private static String calendar(String... event) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n"
        + String.join("\r\n", event)
        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  }

  @Test
  void columnsOfCsvAreFieldsOrLabels() {
    assertEquals(
        List.of(
            "a 1970-01-01T00:01:00Z 1970-01-01T00:02:00Z {dc_id=[45], pool=[x, y]}",
            "b, \"c\" 1970-01-01T00:01:00Z 1970-01-01T01:01:00Z {dc_id=[46]}",
            "window-3 1970-01-01T00:01:00Z 1970-01-01T00:02:00Z {}"),
        windows(
            "csv",
            "id,start,end,duration,dc_id,pool\r\n"
                + "a,60,120,,45,x|y\r\n"
                + "\"b, \"\"c\"\"\",60,,1h,46,\r\n"
                + "\r\n"
                + ",60,120,,,\n"));
  }

  @Test
  void errorsInCsvNameTheLineAndTheColumn() {
    assertEquals(
        "windows.text[line 4].end: is no time in RFC 3339 or in seconds since the epoch: \"x\"",
        error("csv", "id,start,end\n\"a\nb\",1,2\nc,1,x\n"));
    assertEquals(
        "windows.text[line 2]: 2 columns, but the header has 3",
        error("csv", "id,start,end\na,1\n"));
    assertEquals(
        "windows.text[line 2]: a quotation mark is not closed", error("csv", "start,end\n\"1,2\n"));
    assertEquals(
        "windows.text[line 1].start: the header has no such column", error("csv", "id,end\n"));
    assertEquals(
        "windows.text[line 2].labels.a-b: is not a name for a label",
        error("csv", "start,end,a-b\n1,2,x\n"));
    assertEquals("windows.text: has no windows", error("csv", "start,end\n"));
  }

  @Test
  void linesOfNdjsonHaveTheFieldsOfWindows() {
    assertEquals(
        List.of("a 1970-01-01T00:00:01Z 1970-01-01T00:00:02Z {dc=[1, 2]}"),
        windows("ndjson", "\n{\"id\":\"a\",\"start\":1,\"end\":2,\"labels\":{\"dc\":[1,2]}}\n"));
    assertEquals(
        "windows.text[line 2].color: unknown field",
        error("ndjson", "{\"start\":1,\"end\":2}\n{\"start\":1,\"end\":2,\"color\":1}"));
  }

  @Test
  void eventsOfACalendarAreInUtcOrNameTheirZone() {
    assertEquals(
        List.of("e1 2025-06-02T02:00:00Z 2025-06-02T03:30:00Z {dc_id=[45], pool=[a, b]}"),
        windows(
            "ical",
            calendar(
                "UID:e1",
                "DTSTART:20250602T020000Z",
                "DTEND;TZID=\"Europe/Berlin\":20250602T053000",
                "X-LAMELLA-LABELS:dc_id=45;po",
                " ol=a|b",
                "BEGIN:VALARM",
                "UID:other",
                "END:VALARM")));
  }

  @Test
  void daysOfADurationAreThoseOfTheZone() {
    // The clocks go forward in between.
    assertEquals(
        List.of("e 2025-03-29T11:00:00Z 2025-03-30T12:00:00Z {}"),
        windows(
            "ical",
            calendar("UID:e", "DTSTART;TZID=Europe/Berlin:20250329T120000", "DURATION:P1DT2H")));
  }

  @Test
  void whatACalendarLeavesOpenIsAnError() {
    assertEquals(
        "windows.text[line 6].RRULE: recurring events are not supported: RRULE:FREQ=WEEKLY",
        error(
            "ical",
            calendar("UID:e", "DTSTART:20250602T020000Z", "RRULE:FREQ=WEEKLY", "DURATION:PT1H")));
    assertEquals(
        "windows.text[line 4].DTSTART: has neither a zone (TZID) nor is in UTC (Z): \"20250602T020000\"",
        error("ical", calendar("DTSTART:20250602T020000", "DURATION:PT1H")));
    assertEquals(
        "windows.text[line 3]: the event needs either DTEND or DURATION",
        error("ical", calendar("DTSTART:20250602T020000Z")));
    assertEquals(
        "windows.text[line 5].X-LAMELLA-LABELS: is not name=value;…: \"a\"",
        error("ical", calendar("DTSTART:20250602T020000Z", "X-LAMELLA-LABELS:a", "DURATION:PT1H")));
  }

  private static List<Constraint> rules(String yaml) {
    return BacktestReader.read("windows: [{start: 1, end: 2}]\n" + yaml).constraints();
  }

  @Test
  void alertsOfARuleFileAreConstraints() {
    List<Constraint> all =
        rules(
            """
            constraints: [{name: Down, expr: up == 0}]
            groups:
              - name: g
                interval: 1m
                labels: {severity: info}
                rules:
                  - alert: Down
                    expr: up == 0
                    for: 5m
                    keep_firing_for: 1m
                    labels: {severity: page, team: a}
                    annotations: {summary: 'down: {{ $labels.job }}'}
                  - {alert: Down, expr: up < 1}
            """);

    assertEquals(List.of("Down", "Down#2", "Down#3"), all.stream().map(Constraint::name).toList());
    assertEquals(new Constraint.Timing("5m", "1m", "0s", "0s"), all.get(1).timing());
    assertEquals("page", all.get(1).severity());
    assertEquals("info", all.get(2).severity());
    assertEquals("groups[0].rules[1]", all.get(2).path());
  }

  @Test
  void recordingRulesHaveTheTimesAndLabelsOfTheirGroup() {
    assertEquals(
        List.of(
            new RecordingRule(
                "groups[0].rules[0]",
                "job:up:sum",
                "sum by (job) (up)",
                new TreeMap<>(Map.of("a", "1", "b", "3")),
                new RecordingRule.Group(1, 120_000, 30_000, 5)),
            new RecordingRule(
                "groups[1].rules[0]",
                "x",
                "1",
                new TreeMap<>(),
                new RecordingRule.Group(2, 60_000, 0, 0))),
        BacktestReader.read(
                """
                windows: [{start: 0, end: 60}]
                constraints: [{name: c, expr: up}]
                groups:
                  - name: g
                    interval: 2m
                    query_offset: 30s
                    limit: 5
                    labels: {a: 1, b: 2}
                    rules: [{record: 'job:up:sum', expr: sum by (job) (up), labels: {b: 3}}]
                  - {name: h, rules: [{record: x, expr: 1}]}
                """)
            .recordingRules());
  }
}
