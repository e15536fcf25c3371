package io.lamella.promql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.PromqlEngine;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InstantVariantsTest {
  private static InstantVariants variants(String query) {
    Script.Expectations any =
        new Script.Expectations(
            Optional.empty(),
            List.of(),
            List.of(),
            false,
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            List.of());
    return new InstantVariants(
        new Script.Eval(1, query, 60_000, 60_000, 0, null, any),
        new PromqlEngine(PromqltestRunner.options()).parse(query));
  }

  @Test
  void everySelectorAndOutermostSubqueryGetsAFixedTime() {
    List<Script.Eval> pinned =
        variants("sum(rate(a[5m])) + b @ 7 + max_over_time(c[1h:]) + info(d, {x=\"y\"})").pinned();
    assertEquals(
        "sum(rate(a[5m] @ 60.000)) + b @ 7.000 + max_over_time(c[1h:] @ 60.000)"
            + " + info(d @ 60.000, {x=\"y\"})",
        pinned.getFirst().query());
    assertEquals(
        List.of(-600_000L, 0L, 12_000L, 60_000L, 600_000L),
        pinned.stream().map(Script.Eval::startMillis).toList());
  }

  @Test
  void queriesThatDependOnTheTimeGetNoFixedTime() {
    assertEquals(List.of(), variants("time() - timestamp(a)").pinned());
    assertTrue(variants("time() - timestamp(a)").holdsInRange());
  }

  @Test
  void queriesThatDependOnTheirRangeHaveNoVariant() {
    assertEquals(List.of(), variants("a offset range()").pinned());
    assertFalse(variants("a offset range()").holdsInRange());
    assertFalse(variants("a @ end()").holdsInRange());
  }
}
