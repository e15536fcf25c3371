package io.lamella.promql.exec;

import io.lamella.promql.ast.Feature;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.List;

/// The state of one running query: time range and settings, annotations, limits, open cursors. Used
/// by one thread.
public final class QueryRun implements AutoCloseable {
  private static final int SAMPLES_PER_CHECK = 1 << 16;

  private final SeriesSource source;
  private final EvaluationSettings settings;
  private final Annotations annotations = new Annotations();
  private final List<SeriesSource.Prepared> open = new ArrayList<>();
  private long samples;
  private long peak;
  private long total;
  private int samplesUntilCheck = SAMPLES_PER_CHECK;

  public QueryRun(SeriesSource source, EvaluationSettings settings) {
    this.source = source;
    this.settings = settings;
  }

  public SeriesSource source() {
    return source;
  }

  public EvaluationSettings settings() {
    return settings;
  }

  public boolean isInstant() {
    return settings.stepMillis() == 0;
  }

  public boolean has(Feature feature) {
    return settings.features().contains(feature);
  }

  /// True where names are removed at the end of the query only.
  public boolean delaysNames() {
    return has(Feature.DELAYED_NAME_REMOVAL);
  }

  public Annotations annotations() {
    return annotations;
  }

  /// Registers a cursor to be closed at the end of the query.
  public SeriesSet closeAtEnd(SeriesSet set) {
    open.add(set::close);
    return set;
  }

  public void closeAtEnd(SeriesSource.Prepared prepared) {
    open.add(prepared);
  }

  /// Checks for cancellation and the deadline. To be called about once a series.
  ///
  /// @throws EvaluationException where the query is cancelled or out of time
  public void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new EvaluationException.Interrupted("query was canceled in expression evaluation");
    }
    if (System.nanoTime() - settings.limits().deadlineNanos() > 0) {
      throw new EvaluationException.DeadlineExceeded("query timed out in expression evaluation");
    }
  }

  /// To be called in inner loops, once for a few hundred samples; calls [#check] now and then.
  public void tick() {
    tick(SAMPLES_PER_CHECK >> 8);
  }

  /// To be called in inner loops with the number of samples of one iteration.
  public void tick(int work) {
    samplesUntilCheck -= work;
    if (samplesUntilCheck < 0) {
      samplesUntilCheck = SAMPLES_PER_CHECK;
      check();
    }
  }

  /// Counts samples that are held in memory.
  ///
  /// @throws EvaluationException.TooManySamples beyond the limit
  public void hold(long n) {
    samples += n;
    peak = Math.max(peak, samples);
    if (samples > settings.limits().maxSamples()) {
      throw new EvaluationException.TooManySamples(
          "query processing would load too many samples into memory in query execution",
          settings.limits().maxSamples(),
          samples);
    }
  }

  public void release(long n) {
    samples -= n;
  }

  /// Counts samples that a selector has read.
  public void countSamples(long n) {
    total += n;
  }

  public long peakSamples() {
    return peak;
  }

  public long totalSamples() {
    return total;
  }

  @Override
  public void close() {
    RuntimeException first = null;
    for (SeriesSource.Prepared set : open) {
      try {
        set.close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    open.clear();
    if (first != null) {
      throw first;
    }
  }
}
