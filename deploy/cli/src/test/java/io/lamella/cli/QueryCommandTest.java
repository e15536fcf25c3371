package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `query` and its output on the demo's blocks.
class QueryCommandTest {
  private static final String TIME = "2025-06-02T02:00:00Z";

  @TempDir private static Path directory;

  @BeforeAll
  static void convert() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
  }

  private static CommandRun query(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "query";
    all[1] = "--store";
    all[2] = directory.resolve("bucket").toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandRun.of(all);
  }

  @Test
  void anInstantQueryPrintsATable() {
    CommandRun run = query("--time", TIME, "count(aegis_pool_capacity{dc_id=\"45\"})");

    assertEquals(0, run.exitCode(), run::toString);
    assertTrue(run.out().startsWith("{}  " + TIME + "  "), run::out);
  }

  @Test
  void aRangeQueryHasAStep() {
    CommandRun run =
        query("--start", TIME, "--end", "2025-06-02T03:00:00Z", "--step", "30m", "vector(7)");

    assertEquals(0, run.exitCode(), run::toString);
    assertEquals(3, run.out().lines().filter(l -> l.endsWith(" 7")).count(), run::out);
  }

  @Test
  void jsonIsPrintedUnchanged() {
    CommandRun run = query("-o", "json", "--time", "0", "1");

    assertEquals(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[0,\"1\"]}}",
        run.out().strip());
  }

  @Test
  void aBadExpressionHasExitCodeOneAndPrometheusMessage() {
    CommandRun run = query("sum(");

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("parse error: unclosed left parenthesis"), run::err);
  }

  @Test
  void explainShowsReadsSelectorsAndBlocks() {
    CommandRun run = query("--explain", "--time", TIME, "count(aegis_pool_capacity{dc_id=\"45\"})");

    assertEquals(0, run.exitCode(), run::toString);
    assertTrue(run.out().matches("(?s).*read [0-9,]+ bytes in [0-9,]+ GETs, needed .*"), run::out);
    assertTrue(
        run.out()
            .matches(
                "(?s).*requests [1-9][0-9]* for 0\\.00000[0-9]{3} dollars; hedged requests 0 for 0\\.00000000 dollars\n.*"),
        run::out);
    assertTrue(run.out().contains("dc_id=\"45\",__name__=\"aegis_pool_capacity\""), run::out);
    assertTrue(run.out().contains("verdict"), run::out);
    assertTrue(run.out().matches("(?s).*\n +01[0-9A-Z]{24} .*"), run::out);
  }
}
