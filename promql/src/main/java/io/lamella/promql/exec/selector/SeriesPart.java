package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import io.lamella.promql.exec.WorkerRun;
import io.lamella.promql.source.SeriesSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some consecutive series of a selection, taken and evaluated by one thread: a buffer for each
/// result, with its effects. A part that would hold too many histograms is evaluated up to there
/// only; the thread of the query evaluates the rest when it gets there. So it does with a part that
/// failed, from its first series on: then it fails where it is due, if it fails again.
///
/// Used by the thread that evaluates it, then by that of the query.
final class SeriesPart {
  /// More histograms are not kept.
  private static final long MAX_HISTOGRAM_BYTES = 2 << 20;

  private static final long HISTOGRAM_CHUNK = 64 << 10;

  private final QueryMemory.Account account;
  private final int steps;
  private final List<StepSeries> buffers = new ArrayList<>();
  private final List<WorkerRun.Effects> effects = new ArrayList<>();
  private @Nullable SeriesSet source;
  private long reserved;

  /// Of the results that are there.
  private long histogramBytes;

  /// Reserved for histograms.
  private long histogramReserved;

  private boolean isCut;
  private boolean hasFailed;

  /// True once it is evaluated.
  private boolean isDone;

  SeriesPart(QueryMemory.Account account, int steps) {
    this.account = account;
    this.steps = steps;
  }

  /// Starts over with other series.
  void restart(SeriesSet series) {
    source = series;
    effects.clear();
    histogramBytes = 0;
    isCut = false;
    hasFailed = false;
    isDone = false;
  }

  /// Drops what was evaluated, so that the thread of the query evaluates it once more.
  void discard() {
    release();
    source().rewind();
    effects.clear();
    isCut = false;
    hasFailed = true;
    isDone = true;
  }

  /// Evaluates the series.
  void evaluate(PartEvaluator evaluator) {
    try {
      evaluator.start(source());
      while (histogramBytes <= MAX_HISTOGRAM_BYTES) {
        StepSeries buffer = buffer(effects.size());
        boolean found = evaluator.next(buffer);
        effects.add(evaluator.takeEffects());
        if (!found) {
          return;
        }
        if (buffer.hasHistograms()) {
          holdHistograms(buffer);
        }
      }
      isCut = true;
    } catch (RuntimeException | Error e) {
      hasFailed = true;
    }
  }

  private StepSeries buffer(int i) {
    if (i == buffers.size()) {
      long bytes = QueryMemory.ofSteps(steps);
      account.reserve(bytes);
      reserved += bytes;
      buffers.add(new StepSeries(steps));
    }
    return buffers.get(i);
  }

  private void holdHistograms(StepSeries s) {
    histogramBytes += StoredSeries.histogramBytes(s);
    long missing = histogramBytes - histogramReserved;
    if (missing > 0) {
      long more = Math.max(missing, HISTOGRAM_CHUNK);
      account.reserve(more);
      histogramReserved += more;
    }
  }

  /// The number of results; after them come the effects of the end, or the rest where it is
  /// [#isCut].
  int size() {
    return isCut ? effects.size() : effects.size() - 1;
  }

  StepSeries series(int i) {
    return buffers.get(i);
  }

  WorkerRun.Effects effects(int i) {
    return effects.get(i);
  }

  boolean isCut() {
    return isCut;
  }

  boolean hasFailed() {
    return hasFailed;
  }

  /// The series that were not evaluated yet.
  SeriesSet source() {
    SeriesSet s = source;
    if (s == null) {
      throw new IllegalStateException("part without series");
    }
    return s;
  }

  boolean isDone() {
    return isDone;
  }

  void done() {
    isDone = true;
  }

  /// Drops the series and their histograms, keeps the buffers.
  void clear() {
    source = null;
    if (histogramReserved > 0) {
      buffers.forEach(b -> b.reset(Labels.EMPTY));
      account.release(histogramReserved);
      histogramReserved = 0;
    }
  }

  /// Gives back the memory of the buffers.
  void release() {
    buffers.clear();
    long all = reserved + histogramReserved;
    if (all > 0) {
      account.release(all);
      reserved = 0;
      histogramReserved = 0;
    }
  }
}
