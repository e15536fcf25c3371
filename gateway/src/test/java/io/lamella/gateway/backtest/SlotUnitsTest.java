package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.source.MemorySeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SlotUnitsTest {
  private static final String REQUEST =
      """
      windows: [{start: 0, duration: 1h, labels: {dc_id: a}}]
      constraints:
        - {name: free, expr: 'up{pool=~"$pools"} < 1'}
        - {name: alone, expr: 'count(maintenance_window{pool=~"$pools"}) > 1'}
      associations: [{type: pools, metric: up, from: dc_id, to: pool}]
      shift: [0s, 7d]
      propose: {horizon: 1h, step: 15m}
      """;

  @Test
  void associationsOfAllSlotsAreLookedUpTogether() {
    Backtest backtest = BacktestReader.read(REQUEST);
    List<Rule> rules =
        Rules.of(
            new PromqlEngine(EngineOptions.defaults()),
            backtest,
            RecordingRules.NONE,
            MemoryAccount.UNLIMITED);
    SlotWalk walk =
        new SlotWalk(
            0,
            backtest.windows().getFirst(),
            backtest.propose().orElseThrow(),
            new SlotWalk.SlotRanges(backtest.shiftsMillis(), 0, 0, List.of()));
    DerivedSeries derived = new DerivedSeries(new CalendarSource(List.of()), RecordingRules.NONE);
    QueryService queries =
        BacktestFixture.queries(
            _ -> new MemorySeriesSource(Map.of()), Duration.ofSeconds(1), new MemoryPool(1 << 20));
    List<Integer> lookups = new ArrayList<>();
    SlotUnits.Judge judge =
        new SlotUnits.Judge(
            new BacktestRun(queries, queries.snapshot(), backtest, derived, QueryOptions.NONE),
            derived,
            (judged, memory) -> {
              lookups.add(judged.size());
              return WindowLabels.of(
                  backtest,
                  rules,
                  judged,
                  0,
                  some ->
                      some.stream()
                          .<SortedSet<String>>map(_ -> new TreeSet<>(Set.of("p")))
                          .toList(),
                  memory);
            });

    new SlotUnits(backtest, rules, judge).of(walk.take(8), MemoryAccount.UNLIMITED);

    assertEquals(List.of(16), lookups);
  }
}
