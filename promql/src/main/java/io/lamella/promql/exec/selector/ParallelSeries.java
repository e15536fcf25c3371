package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
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

    /// The next result of the part, where it is evaluated.
    private int at;

    /// True while the rest of the part is evaluated here.
    private boolean isRead;

    /// Results of the part that were returned.
    private int returned;

    Parts(PartQueue queue) {
      this.queue = queue;
      this.evaluator = queue.evaluator();
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
        if (isRead ? evaluated(part, into) : read(part, into)) {
          returned++;
          return true;
        }
        if (!isRead && part.isCut()) {
          evaluator.start(part.source());
          isRead = true;
          continue;
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
        at = 0;
        returned = 0;
        isRead = part != null && (!part.isDone() || part.hasFailed());
        if (part != null && isRead) {
          if (part.hasFailed()) {
            restart(part);
          }
          evaluator.start(part.source());
        }
        return part;
      } catch (InterruptedException e) {
        throw cancelled(e);
      }
    }

    private void restart(SeriesPart part) throws InterruptedException {
      if (isAlone) {
        part.discard();
        return;
      }
      isAlone = true;
      evaluator = queue.alone(part);
    }

    /// The next result of an evaluated part.
    private boolean read(SeriesPart part, StepSeries into) {
      if (at < part.size()) {
        part.effects(at).addTo(run);
        into.exchange(part.series(at));
        at++;
        return true;
      }
      if (part.isCut()) {
        return false;
      }
      part.effects(at).addTo(run);
      return false;
    }

    /// The next result of a part that is evaluated here.
    private boolean evaluated(SeriesPart part, StepSeries into) {
      boolean found;
      try {
        found = evaluator.next(into);
      } catch (RuntimeException e) {
        if (isAlone) {
          throw e;
        }
        found = evaluatedAlone(part, into);
      }
      evaluator.takeEffects().addTo(run);
      return found;
    }

    /// The same after a failure while other threads may have held memory: once more from the first
    /// series of the part, without them.
    private boolean evaluatedAlone(SeriesPart part, StepSeries into) {
      try {
        restart(part);
        evaluator.start(part.source());
        for (int i = 0; i < returned; i++) {
          evaluator.next(into);
          evaluator.takeEffects();
        }
        return evaluator.next(into);
      } catch (InterruptedException e) {
        throw cancelled(e);
      }
    }

    private IllegalStateException cancelled(InterruptedException e) {
      Thread.currentThread().interrupt();
      run.check();
      return new IllegalStateException(e);
    }
  }
}
