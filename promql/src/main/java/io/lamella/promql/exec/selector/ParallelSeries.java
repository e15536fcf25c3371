package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.WorkerRun;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.SeriesSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is computed of each series of a selection by itself, by several threads where the series
/// are many and cores are free. The results come in the order of the series, with the same bits,
/// samples counted, annotations and failures as from one thread.
public final class ParallelSeries implements SeriesOperator {
  private final QueryRun run;
  private final SelectionPool.Handle handle;
  private final int steps;
  private final PerSeries perSeries;

  /// Reads all series where they are few.
  private final SeriesOperator alone;

  private @Nullable SeriesReader reader;
  private @Nullable Parts parts;

  /// @param perSeries of operators that keep nothing from one series to the next
  public ParallelSeries(QueryRun run, SelectionPool.Handle handle, int steps, PerSeries perSeries) {
    this.run = run;
    this.handle = handle;
    this.steps = steps;
    this.perSeries = perSeries;
    this.alone = perSeries.over(run, this::open);
  }

  private SeriesReader open() {
    SeriesReader r = reader;
    if (r == null) {
      r = handle.open();
      reader = r;
    }
    return r;
  }

  @Override
  public boolean next(StepSeries into) {
    if (reader == null) {
      parts = divided(open());
    }
    Parts p = parts;
    return p == null ? alone.next(into) : p.next(into);
  }

  private @Nullable Parts divided(SeriesReader all) {
    Workers workers = run.settings().workers();
    if (workers.maxThreads() == 0) {
      return null;
    }
    Optional<SeriesSet> series = all.divisible();
    return series.isPresent() && series.get().divisible() >= workers.minSeries()
        ? new Parts(new PartQueue(run, series.get(), perSeries, steps))
        : null;
  }

  @Override
  public boolean hasUniqueLabels() {
    return alone.hasUniqueLabels();
  }

  /// Reads one part after the other.
  private final class Parts {
    private final PartQueue queue;
    private PartEvaluator evaluator;
    private boolean isAlone;
    private @Nullable SeriesPart current;

    /// True while the rest of the part is evaluated here.
    private boolean isEvaluatedHere;

    /// Results of the part that were returned.
    private int returned;

    /// Results of the part that will not be returned once more.
    private int skipped;

    Parts(PartQueue queue) {
      this.queue = queue;
      this.evaluator = queue.evaluator();
      run.onShortage(this::giveUpThreads);
    }

    boolean next(StepSeries into) {
      while (true) {
        SeriesPart part = current;
        if (part == null) {
          part = advance();
          if (part == null) {
            return false;
          }
        }
        if (!isEvaluatedHere && part.isCut() && returned == part.size()) {
          evaluator.start(part.source());
          isEvaluatedHere = true;
        }
        if (isEvaluatedHere ? evaluated(into) : read(part, into)) {
          return true;
        }
        queue.read(part);
        current = null;
      }
    }

    private @Nullable SeriesPart advance() {
      run.check();
      try {
        SeriesPart part = queue.next(evaluator).orElse(null);
        current = part;
        returned = 0;
        skipped = 0;
        isEvaluatedHere = part != null && (!part.isDone() || part.hasFailed());
        if (part != null && isEvaluatedHere) {
          if (isAlone || part.hasFailed()) {
            goOnAlone(part);
          } else {
            evaluator.start(part.source());
          }
        }
        return part;
      } catch (InterruptedException e) {
        throw cancelled(e);
      }
    }

    /// Evaluates the part once more, and all that follow, without other threads. So failures come
    /// where they are due, and those of too little memory for several threads do not come at all.
    private void goOnAlone(SeriesPart part) throws InterruptedException {
      if (!isAlone) {
        isAlone = true;
        evaluator = queue.alone();
      }
      part.discard();
      evaluator.start(part.source());
      isEvaluatedHere = true;
      skipped = returned;
    }

    /// Where the query needs memory elsewhere.
    ///
    /// @return true where some was given back
    private boolean giveUpThreads() {
      if (isAlone) {
        return false;
      }
      try {
        SeriesPart part = current;
        if (part == null) {
          isAlone = true;
          evaluator = queue.alone();
        } else {
          goOnAlone(part);
        }
        return true;
      } catch (InterruptedException e) {
        throw cancelled(e);
      }
    }

    /// The next result of an evaluated part. Adding its effects may give up the part.
    private boolean read(SeriesPart part, StepSeries into) {
      WorkerRun.Effects effects = part.effects(returned);
      boolean found = returned < part.size();
      if (found) {
        into.exchange(part.series(returned));
        returned++;
      }
      effects.addTo(run);
      return found;
    }

    /// The next result of a part that is evaluated here.
    private boolean evaluated(StepSeries into) {
      boolean found;
      try {
        found = evaluate(into);
      } catch (RuntimeException e) {
        // Other threads may have held the memory.
        if (!giveUpThreads()) {
          throw e;
        }
        found = evaluate(into);
      }
      WorkerRun.Effects effects = evaluator.takeEffects();
      if (found) {
        returned++;
      }
      effects.addTo(run);
      return found;
    }

    private boolean evaluate(StepSeries into) {
      for (; skipped > 0; skipped--) {
        evaluator.next(into);
        evaluator.takeEffects();
      }
      return evaluator.next(into);
    }

    private IllegalStateException cancelled(InterruptedException e) {
      Thread.currentThread().interrupt();
      run.check();
      return new IllegalStateException(e);
    }
  }
}
