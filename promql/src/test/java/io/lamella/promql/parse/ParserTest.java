package io.lamella.promql.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
  private static Expr parse(String query) {
    return Parser.parse(query, EnumSet.allOf(Feature.class));
  }

  private static String error(String query) {
    SyntaxError e = assertThrows(SyntaxError.class, () -> parse(query));
    return e.position() + " " + e.text();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (a, \"b c\") (rate(foo{a=\"b\",c=~\"d.*\"}[5m] offset 1h))",
        "foo + on (a) group_left (b) bar",
        "foo == bool ignoring (a) bar",
        "topk(5, foo)",
        "foo[5m] @ 1.000 offset 5m",
        "max_over_time(rate(foo[1m])[5m:30s] @ end())",
        "-foo ^ 2 * 3",
        "{__name__=\"my.metric\",a=\"b\"}",
        "foo / on (a) fill (0) bar",
        "foo[step() * 2 + 1m]",
        "rate(foo[5m] anchored)",
        "count_values(\"v\", foo)",
        "sum without () (foo)"
      })
  void canonicalTextIsPrintedUnchanged(String query) {
    assertEquals(query, parse(query).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 + 2 * 3 ^ 2 ^ 2|1 + 2 * 3 ^ 2 ^ 2",
        "SUM(foo) BY (a)|sum by (a) (foo)",
        "foo[300]|foo[5m]",
        "0x1F + 0755 + 1_000|31 + 493 + 1000",
        "foo{a='b',}|foo{a=\"b\"}",
        "{foo=\"bar\", 'name'}|{__name__=\"name\",foo=\"bar\"}",
        "foo{}|foo",
        "1e3 + 1e-3|1000 + 0.001",
        "1d12h + 1s1ms|1d12h + 1s1ms",
        "foo[1.5] offset 5m @ 1e9|foo[1s500ms] @ 1000000000.000 offset 5m",
        "foo anchored offset 5m @ 1|foo @ 1.000 anchored offset 5m",
        "foo[5m] @ 1 anchored|foo[5m] anchored @ 1.000",
        "foo * ignoring () group_left bar|foo * ignoring () group_left () bar",
        "foo + fill_right(1) fill_left(1e21) bar|foo + fill_left (1e+21) fill_right (1) bar",
        "foo[((1h))] offset +step()|foo[(1h)] offset step()",
        // Here the text of Prometheus parses to another query, or does not parse.
        "Inf ^ 2|Inf ^ 2",
        "foo[0.0001]|foo[0.0001]",
        "info(foo, {})|info(foo, {})",
        "foo offset (5m) @ 1 == 2|foo @ 1.000 offset (5m) == 2",
        "foo offset (5m) @ 1 * 2|foo @ 1.000 offset +(5m) * 2",
        "foo offset (5m) * 2 @ 1 * 3|foo @ 1.000 offset +((5m) * 2) * 3",
        "foo offset -1h30m|foo offset -1h30m",
        "+1|1"
      })
  void otherSpellingsPrintCanonically(String query, String canonical) {
    assertEquals(canonical, parse(query).toString());
  }

  @Test
  void unaryMinusBindsLikeMultiplication() {
    assertTrue(parse("-foo ^ 2") instanceof Expr.Unary);
    assertTrue(parse("-foo * 2") instanceof Expr.Binary);
  }

  @Test
  void anOffsetIsOneTermUnlessItBeginsWithAParenthesisOrTwoSigns() {
    for (String product : List.of("5m * 2", "-(5m) * 2", "+(5m) ^ 2", "max_of(1, 2) * 3", "5m")) {
      Expr e = parse("foo offset " + product + " + bar");
      assertTrue(e instanceof Expr.Binary, product);
    }
    for (String offset : List.of("(5m) * 2", "(2) ^ 3 ^ 2", "--(5m) * 2", "--2 ^ 3", "-+5m")) {
      Expr e = parse("foo offset " + offset);
      assertTrue(e instanceof Expr.VectorSelector, offset);
    }
    assertEquals(
        "19 unexpected identifier \"bar\" in offset, expected number, duration, step(), or range()",
        error("foo offset (5m) *  bar"));
  }

  @Test
  void aColonNeedsANumberInTheseOrEarlierBrackets() {
    assertTrue(parse("rate(foo[5m])[step():1m]") instanceof Expr.Subquery);
    assertEquals(
        "11 unexpected colon before duration in duration expression", error("foo[step():1m]"));
  }

  @Test
  void errorsNameTheTokenAndTheContext() {
    assertEquals("4 unclosed left parenthesis", error("sum("));
    assertEquals("6 unexpected \"}\" in label matching, expected string", error("foo{a=}"));
    assertEquals("8 unexpected identifier \"bar\" in aggregation", error("sum(foo bar)"));
    assertEquals(
        "7 unexpected \"step\" in subquery or range, expected \":\" or \"]\"",
        error("foo[5s step()]"));
  }

  @Test
  void featuresAreOffByDefault() {
    SyntaxError e =
        assertThrows(SyntaxError.class, () -> Parser.parse("foo + fill(0) bar", Set.of()));
    assertEquals("binop fill modifiers are experimental and not enabled", e.text());
    SyntaxError f = assertThrows(SyntaxError.class, () -> Parser.parse("info(foo)", Set.of()));
    assertEquals("function \"info\" is not enabled", f.text());
  }

  @Test
  void deepNestingIsRefusedAtOnce() throws Exception {
    String parens = "(".repeat(10_000) + "1" + ")".repeat(10_000);
    String minus = "-".repeat(10_000) + "1";
    String chain = "1" + " + 1".repeat(25_000);
    String durations = "foo[" + "(".repeat(10_000) + "5m" + ")".repeat(10_000) + "]";
    String sums = "foo[1" + " + 1".repeat(25_000) + "]";
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          for (String query : new String[] {parens, minus, chain, durations, sums}) {
            assertTrue(error(query).contains("nested too deeply"), query.substring(0, 20));
          }
          return true;
        });
    // The caller of the parser gives it a stack for the levels that it accepts.
    new Thread(null, task, "deep", 1 << 24).start();
    assertTrue(task.get(2, TimeUnit.SECONDS));
  }

  @Test
  void parsingStopsAtTheFirstError() {
    Assertions.assertTimeout(
        Duration.ofSeconds(1), () -> assertEquals("0", error("]".repeat(100_000)).substring(0, 1)));
  }
}
