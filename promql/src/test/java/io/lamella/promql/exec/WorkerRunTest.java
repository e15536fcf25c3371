package io.lamella.promql.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.ast.TextRange;
import io.lamella.promql.source.MemorySeriesSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerRunTest {
  private static final TextRange PLACE = new TextRange(0, 1);

  private final QueryRun query =
      new QueryRun(
          new MemorySeriesSource(Map.of()),
          new EvaluationSettings(
              new EvaluationSettings.Times(0, 0, 0),
              1,
              1,
              new EvaluationSettings.Limits(
                  System.nanoTime() + 60_000_000_000L,
                  1_000,
                  new QueryMemory.Account() {
                    @Override
                    public void reserve(long bytes) {}

                    @Override
                    public boolean tryReserve(long bytes) {
                      return true;
                    }

                    @Override
                    public void release(long bytes) {}
                  }),
              Set.of(),
              Workers.NONE));

  private final WorkerRun worker = WorkerRun.ofThread(query);

  /// A thread may evaluate a part before one whose series come first.
  @Test
  void eachPartHasTheAnnotationsOfItsOwnSeries() {
    worker.forgetEffects();
    worker.run().annotations().info(PLACE, "later");
    WorkerRun.Effects later = worker.takeEffects();
    worker.forgetEffects();
    worker.run().annotations().info(PLACE, "later");
    worker.run().annotations().info(PLACE, "earlier");
    worker.takeEffects().addTo(query);
    later.addTo(query);
    assertEquals(
        List.of("PromQL info: later (0)", "PromQL info: earlier (0)"),
        query.annotations().infos(at -> "" + at));
  }

  @Test
  void aPartThatFailedHasNoEffects() {
    worker.run().countSamples(5);
    worker.run().annotations().info(PLACE, "failed");
    worker.forgetEffects();
    worker.run().countSamples(2);
    worker.takeEffects().addTo(query);
    assertEquals(2, query.totalSamples());
    assertEquals(List.of(), query.annotations().infos(at -> "" + at));
  }

  @Test
  void overlapsAreOneEffectHoweverManyThereAre() {
    for (int i = 0; i < 1_000; i++) {
      worker.run().annotations().overlap(PLACE, "m");
    }
    WorkerRun.Effects effects = worker.takeEffects();
    assertEquals(1, effects.annotations().size());
    effects.addTo(query);
    assertEquals(
        List.of(
            "PromQL warning: sample has start time that overlaps with previous sample timestamp"
                + " for metric \"m\" (1000 occurrences) (0)"),
        query.annotations().warnings(at -> "" + at));
  }
}
