package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.JsonQuote;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests that are small and ask for much are refused before it is in memory.
class HostileBacktestTest {
  private static final String WINDOW = "\"windows\":[{\"start\":0,\"end\":60}],";
  private static final String CONSTRAINT = "\"constraints\":[{\"name\":\"a\",\"expr\":\"up\"}]";

  private final BacktestFixture history = new BacktestFixture();

  private static void prepare(BacktestService service, String request) {
    try (MemoryPool.Lease memory = new MemoryPool(40 << 20).lease()) {
      service.prepare(BacktestReader.read(request, memory), QueryOptions.NONE, memory);
    }
  }

  private void assertTooLarge(String request) {
    assertTrue(request.length() < 2_000_000);
    assertThrows(QueryException.TooExpensive.class, () -> prepare(history.service(), request));
  }

  private String refused(String request) {
    return String.valueOf(
        assertThrows(BacktestException.class, () -> prepare(history.service(), request))
            .getMessage());
  }

  private static String text(String format, String text) {
    return "{\"windows\":{\"format\":\""
        + format
        + "\",\"text\":"
        + JsonQuote.quote(text)
        + "},"
        + CONSTRAINT
        + "}";
  }

  @Test
  void smallFieldsAreCountedWithWhatTheyTake() {
    assertTooLarge("{\"windows\":[" + "{},".repeat(200_000) + "{}]}");
    assertTooLarge("windows: [" + "0,".repeat(200_000) + "0]");
    assertTooLarge("windows: [" + "{},".repeat(200_000) + "{}]");
    assertTooLarge(text("csv", "start,duration\n" + "1,1m\n".repeat(100_000)));
    assertTooLarge(text("ndjson", "{}\n".repeat(200_000)));
    assertTooLarge(text("ical", "BEGIN:VCALENDAR\n" + "A:\n".repeat(200_000)));
    assertTooLarge(text("ical", "BEGIN:VCALENDAR\nA" + ";a=".repeat(200_000) + ":\n"));
  }

  @Test
  void pathsOfFieldsAreCounted() {
    assertTooLarge("{\"" + "x".repeat(10_000) + "\":[" + "0,".repeat(10_000) + "0]}");
    assertTooLarge("? " + "x".repeat(10_000) + "\n: [" + "0,".repeat(10_000) + "0]");
  }

  @Test
  void aWindowForEachOfManyLeadsIsCounted() {
    StringBuilder windows = new StringBuilder("start,duration,a\n");
    for (int i = 0; i < 10_000; i++) {
      windows.append("1,1m,").append(i).append('\n');
    }
    for (String label : List.of("a", "missing")) {
      List<String> rules = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        rules.add(
            "{\"name\":\"c%d\",\"expr\":\"up{a=\\\"$%s\\\"}\",\"lead\":\"%ds\"}"
                .formatted(i, label, i));
      }
      assertTooLarge(
          text("csv", windows.toString())
              .replace(CONSTRAINT, "\"constraints\":[" + String.join(",", rules) + "]"));
    }
  }

  @Test
  void treesOfAllRulesAreCounted() {
    String sum = "\"up" + " + up".repeat(200) + " < $p\"";
    String values = "\"sweep\":{\"p\":[1";
    for (int i = 2; i < 2_000; i++) {
      values += "," + i;
    }
    assertTooLarge(
        "{" + WINDOW + "\"constraints\":[{\"name\":\"a\",\"expr\":" + sum + "}]," + values + "]}}");
    String regex = "'up{a=~\"(\\\\pL{31}){31}\"}'";
    StringBuilder constraints = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      constraints.append("- {name: c").append(i).append(", expr: ").append(regex).append("}\n");
    }
    assertTooLarge("windows: [{start: 0, end: 60}]\nconstraints:\n" + constraints);
    assertTooLarge(
        "windows: [{start: 0, end: 60}]\nconstraints: [{name: a, expr: up}]\n"
            + "groups: [{name: g, rules: [\n"
            + ("{record: a, expr: " + regex + "},\n").repeat(1_000)
            + "]}]");
  }

  @Test
  void aTimeOfManyDigitsIsNotCalculatedWith() {
    assertEquals(
        "windows[0].start: is no time: it has 1000000 characters",
        refused(
            "{\"windows\":[{\"start\":\"%s\",\"end\":60}],%s}"
                .formatted("1".repeat(1_000_000), CONSTRAINT)));
  }

  @Test
  void theSmallestTimeIsRefused() {
    assertEquals(
        "windows[0].start: is no time in RFC 3339 or in seconds since the epoch:"
            + " \"-9223372036854775.808\"",
        refused(
            "{\"windows\":[{\"start\":\"-9223372036854775.808\",\"end\":60}],%s}"
                .formatted(CONSTRAINT)));
  }

  @Test
  void selectorsWithoutNamesAreNotHeldAgainstManyRecordedNames() {
    StringBuilder rules = new StringBuilder();
    String selector = "{__name__=~\"none.*\"}";
    for (int i = 0; i < 2_000; i++) {
      rules
          .append("    - {record: r")
          .append(i)
          .append(", expr: '")
          .append(selector + (" or " + selector).repeat(9))
          .append("'}\n");
    }
    String message =
        String.valueOf(
            assertThrows(
                    BacktestException.class,
                    () ->
                        history
                            .service()
                            .prepare(
                                BacktestReader.read(
                                    "windows: [{start: 0, end: 60}]\n"
                                        + "constraints: [{name: a, expr: up}]\n"
                                        + "groups:\n- name: g\n  rules:\n"
                                        + rules),
                                QueryOptions.NONE))
                .getMessage());

    assertTrue(message.contains("too many selectors of recording rules"), message);
  }

  @Test
  void windowsOfAUnitShareTheTextOfTheirExpression() {
    history.series("up", "1", "0 0 0 0");
    List<Verdict> verdicts = new ArrayList<>();

    history.run(
        """
        windows: [{start: 0, end: 60}, {start: 60, end: 120}]
        constraints: [{name: a, expr: up == 0}]
        """,
        verdicts::add);

    assertEquals(2, verdicts.size());
    assertSame(
        verdicts.get(0).evidence().orElseThrow().query(),
        verdicts.get(1).evidence().orElseThrow().query());
  }

  @Test
  void windowsThatHistoryTellsAreCounted() {
    for (int i = 0; i < 60; i++) {
      history.series("open", i + "x".repeat(1_000), "1 0 ".repeat(400));
    }
    String message =
        refused(
            """
            step: 1m
            start: 0
            end: 48000
            windows_from: {expr: open}
            constraints: [{name: a, expr: open}]
            """);

    assertTrue(message.startsWith("windows_from.expr: "), message);
    assertTrue(message.contains("memory"), message);
  }
}
