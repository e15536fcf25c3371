package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.BacktestListener.Progress;
import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.limits.QueryBudget;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Passes on what becomes final, and counts it.
final class ProgressCount {
  private final long all;
  private final BacktestListener to;
  private final long begun = System.nanoTime();
  private long told = begun;
  private long done;
  private long requests;
  private long bytes;
  private long cachedBytes;
  private long samples;
  private final Set<String> conflicts = new HashSet<>();

  /// @param all verdicts that there will be
  ProgressCount(long all, BacktestListener to) {
    this.all = all;
    this.to = to;
  }

  void report(Verdict v) {
    done++;
    if (v.outcome() == Outcome.CONFLICT) {
      conflicts.add(v.window());
    }
    to.verdict(v);
  }

  void report(Judged judged) {
    judged.verdicts().forEach(this::report);
    count(judged);
    if (done == all) {
      tell();
    }
  }

  void report(Proposal p) {
    to.proposal(p);
  }

  /// Whether a verdict on the window of this id was a conflict.
  boolean isInConflict(String window) {
    return conflicts.contains(window);
  }

  /// Counts what a unit has cost; its verdicts are not part of the result.
  void count(Judged judged) {
    for (QueryBudget.Used used : judged.used()) {
      requests += used.reads();
      bytes += used.bytes();
      cachedBytes += used.saved().bytes();
    }
    samples += judged.samples();
    if (System.nanoTime() - told > UnitsInOrder.HEARTBEAT.toNanos()) {
      tell();
    }
  }

  void tell() {
    told = System.nanoTime();
    to.progress(
        new Progress(
            done,
            all,
            requests,
            bytes,
            cachedBytes,
            samples,
            Duration.ofNanos(System.nanoTime() - begun)));
  }
}
