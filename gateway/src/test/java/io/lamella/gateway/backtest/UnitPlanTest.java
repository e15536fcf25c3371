package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnitPlanTest {
  @Test
  void windowsWithinALongOneShareNoUnitOfMoreThanTheirSteps() {
    String within =
        IntStream.range(0, 40)
            .mapToObj(i -> "  - {id: w%d, start: %d, duration: 1000m}%n".formatted(i, 60_000 * i))
            .collect(Collectors.joining());
    Backtest backtest =
        BacktestReader.read(
            "step: 1m\nwindows:\n  - {id: long, start: 0, duration: 50000m}\n"
                + within
                + "constraints: [{name: down, expr: up == 0}]\n");
    List<Rule> rules =
        Rules.of(
            new PromqlEngine(EngineOptions.defaults()),
            backtest,
            RecordingRules.NONE,
            MemoryAccount.UNLIMITED);
    List<JudgedWindow> judged = UnitPlan.judged(backtest, MemoryAccount.UNLIMITED);

    UnitPlan.Units units =
        UnitPlan.of(
            judged,
            rules,
            backtest,
            WindowLabels.of(backtest, rules, judged, 0, _ -> List.of(), MemoryAccount.UNLIMITED),
            MemoryAccount.UNLIMITED);

    assertEquals(41, units.units().stream().mapToInt(u -> u.judged().size()).sum());
    assertTrue(
        units.units().stream()
            .filter(u -> u.judged().size() > 1)
            .allMatch(u -> u.times().count() <= UnitPlan.MAX_STEPS),
        () -> units.units().stream().map(u -> u.times().count()).toList().toString());
  }
}
