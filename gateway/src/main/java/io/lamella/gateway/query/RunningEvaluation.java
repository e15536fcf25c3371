package io.lamella.gateway.query;

import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryStatistics;
import io.lamella.promql.SeriesSink;
import io.lamella.promql.StepTimes;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.source.SeriesSource;
import java.util.List;

/// Evaluations within a running query. Counts what they read.
final class RunningEvaluation implements QueryService.InnerEvaluation {
  private final PromqlEngine engine;
  private final RunningQuery running;
  private long samples;
  private long peakSamples;

  RunningEvaluation(PromqlEngine engine, RunningQuery running) {
    this.engine = engine;
    this.running = running;
  }

  @Override
  public void series(
      SeriesSource source, List<Expr> expressions, StepTimes times, SeriesSink sink) {
    QueryStatistics s = engine.series(source, expressions, times, running.limits(), sink);
    samples += s.totalQueryableSamples();
    peakSamples = Math.max(peakSamples, s.peakSamples());
  }

  @Override
  public MemoryAccount memory() {
    return running.budget().memory();
  }

  /// The cost of a query, with that of the evaluations within it.
  QueryStatistics addedTo(QueryStatistics s) {
    return new QueryStatistics(
        s.totalQueryableSamples() + samples,
        Math.max(s.peakSamples(), peakSamples),
        s.parseTime(),
        s.evaluationTime());
  }
}
