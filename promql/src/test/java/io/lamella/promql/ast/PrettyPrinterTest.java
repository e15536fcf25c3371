package io.lamella.promql.ast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.parse.Parser;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class PrettyPrinterTest {
  private static final String WIDE =
      "scraped_bytes_per_second_of_the_busiest_of_all_collectors_in_the_cellar{rack=\"north\",shelf=~\"1.*\"}";

  private static String pretty(String query) {
    return PrettyPrinter.print(Parser.parse(query, EnumSet.allOf(Feature.class)));
  }

  private static void assertPretty(String expected, String query) {
    assertEquals(
        expected.stripTrailing().replace("WIDE", WIDE), pretty(query.replace("WIDE", WIDE)));
  }

  @Test
  void aFormattedLineHasAtMostAHundredBytes() {
    String exact = "sum(" + "x".repeat(95) + ")";
    assertEquals(exact, pretty(exact));
    assertEquals("sum(\n  " + "x".repeat(96) + "\n)", pretty("sum(" + "x".repeat(96) + ")"));
    assertEquals(
        "(foo{a=\"" + "é".repeat(44) + "\"})", pretty("(foo{a='" + "é".repeat(44) + "'})"));
    assertTrue(pretty("(foo{a='" + "é".repeat(45) + "'})").contains("\n"));
  }

  @Test
  void callsAggregationsAndParenthesesIndentTheirParts() {
    assertPretty(
        """
        topk by (rack) (
          3,
          (
            label_replace(
              WIDE,
              "floor",
              "$1",
              "rack",
              "(.*)"
            )
          )
        )
        """,
        "topk(3,(label_replace(WIDE,'floor','$1','rack','(.*)'))) by (rack)");
  }

  @Test
  void operatorsHaveALineOfTheirOwn() {
    assertPretty(
        """
            WIDE
          / on (rack) group_left (shelf)
            sum by (rack) (up)
        > bool
          2 * 3
        """,
        "WIDE / on(rack) group_left(shelf) sum by (rack)(up) > bool 2*3");
  }

  @Test
  void aSignIsWrittenBeforeTheFirstLine() {
    assertPretty(
        """
        -sum(
          -WIDE
          ^
            2
        )
        """,
        "-sum(-WIDE ^ 2)");
  }

  @Test
  void aSubqueryThatFitsIsNotIndented() {
    assertPretty(
        """
          max_over_time(
        really_wide{rack="north",shelf=~"1.*",weather="under the stairs, behind the bicycles"}[1h:1m]
          )
        +
          1
        """,
        "max_over_time(really_wide{rack='north',shelf=~'1.*',"
            + "weather='under the stairs, behind the bicycles'}[1h:1m]) + 1");
    assertPretty(
        """
        max_over_time(
          rate(
            WIDE[5m]
          )[1h:1m] @ end()
        )
        """,
        "max_over_time(rate(WIDE[5m])[1h:1m] @ end())");
  }

  @Test
  void deepTreesAreFormattedInLinearTime() {
    String query = "(".repeat(990) + WIDE + ")".repeat(990);
    assertTimeout(
        Duration.ofSeconds(2),
        () -> assertEquals(1979, onDeepStack(() -> pretty(query)).lines().count()));
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    String parts = "label_join(foo, 'a', 'b'" + ", 'c'".repeat(20_000) + ")";
    String deep = "(".repeat(990) + parts + ")".repeat(990);
    assertThrows(TextTooLong.class, () -> onDeepStack(() -> pretty(deep)));
    Expr number = Parser.parse("1e300", EnumSet.noneOf(Feature.class));
    Expr digits =
        new Expr.Call(ScalarFunction.MAX_OF, Collections.nCopies(60_000, number), TextRange.NONE);
    assertThrows(TextTooLong.class, () -> PrettyPrinter.print(digits));
  }

  /// Deep trees need a stack that fits, as the engine gives them: how much of one a level takes
  /// depends on what is compiled already.
  private static <T> T onDeepStack(Callable<T> work) throws Throwable {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(null, task, "deep", 16 << 20).start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
