package io.lamella.promql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PromqltestRunnerTest {
  private static PromqltestRunner.ScriptResult run(String script) {
    return new PromqltestRunner(new MemoryStorage()).run("a.test", script);
  }

  @Test
  void aCorrectScriptPasses() {
    PromqltestRunner.ScriptResult o =
        run(
            """
            load 1m
              requests_total{dc="1"} 0+60x10
              requests_total{dc="2"} 0+30x10

            eval instant at 10m sum(rate(requests_total[5m]))
              {} 1.5

            eval range from 0 to 2m step 1m requests_total{dc="2"}
              requests_total{dc="2"} 0 30 60

            eval instant at 10m 1 + 1
              2
            """);
    assertEquals(3, o.passed(), o.failures().toString());
  }

  @Test
  void aWrongValueIsReportedWithItsLine() {
    PromqltestRunner.ScriptResult o =
        run(
            """
            load 1m
              up 1

            eval instant at 0 up
              up 2
            """);
    assertEquals(0, o.passed());
    assertEquals(4, o.failures().getFirst().line());
    assertTrue(
        o.failures().getFirst().message().contains("expected {__name__=\"up\"} 2, actual 1"));
  }

  @Test
  void aQueryThatDoesNotParseMakesTheScriptInvalid() {
    ScriptException e = assertThrows(ScriptException.class, () -> run("eval instant at 0 1 +\n"));
    assertEquals("a.test:1: 1:4: parse error: unexpected end of input", e.getMessage());
  }

  @Test
  void histogramsHaveTheHintsThatChunksStore() {
    PromqltestRunner.ScriptResult o =
        run(
            """
            load 1m
              h {{count:4 buckets:[4]}} {{count:5 buckets:[5]}} {{count:1 buckets:[1]}}

            eval range from 0 to 2m step 1m h
              h {{count:4 buckets:[4] counter_reset_hint:unknown}} {{count:5 buckets:[5] counter_reset_hint:not_reset}} {{count:1 buckets:[1] counter_reset_hint:unknown}}
            """);
    assertEquals(1, o.passed(), o.failures().toString());
  }

  @Test
  void anExpectedFailureThatIsMissingIsReported() {
    PromqltestRunner.ScriptResult o =
        run(
            """
            load 1m
              a{x="1"} 1
              b{x="1"} 1

            eval instant at 0 label_replace({__name__=~"a|b"}, "__name__", "c", "", "")
              expect fail msg: vector cannot contain metrics with the same labelset

            eval instant at 0 a
              expect fail
            """);
    assertEquals(1, o.passed());
    assertEquals(1, o.failures().size());
  }
}
