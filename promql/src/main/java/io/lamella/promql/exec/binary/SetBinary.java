package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.MergedSeries;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.StoredSeries;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `and`, `or`, `unless`: an element is kept or dropped by the keys of the other side at its step;
/// values are unchanged.
public final class SetBinary implements SeriesOperator {
  private final QueryRun run;
  private final SeriesOperator left;
  private final SeriesOperator right;
  private final BinaryOp op;
  private final int steps;
  private final MatchKeys keys;
  private final @Nullable DuplicateLabels duplicates;

  /// True for `or` over several steps where names are removed at the end: series with equal labels
  /// become one, which loses its name if the earliest element does.
  private final boolean joinsSeries;

  private final Map<Labels, long[]> presence = new HashMap<>();
  private @Nullable Iterator<StoredSeries> joined;
  private boolean prepared;
  private boolean leftDone;

  public SetBinary(
      QueryRun run,
      SeriesOperator left,
      SeriesOperator right,
      BinaryOp op,
      VectorMatching matching,
      Steps times) {
    this.run = run;
    this.left = left;
    this.right = right;
    this.op = op;
    this.steps = times.count();
    this.keys = new MatchKeys(matching);
    this.joinsSeries = op == BinaryOp.OR && run.delaysNames() && times.isRange();
    this.duplicates =
        op == BinaryOp.OR && (!run.delaysNames() || times.isRange())
            ? new DuplicateLabels(run.memory())
            : null;
  }

  @Override
  public boolean next(StepSeries into) {
    if (joinsSeries) {
      return nextJoined(into);
    }
    return op == BinaryOp.OR ? nextOfEither(into) : nextFiltered(into);
  }

  private boolean nextJoined(StepSeries into) {
    Iterator<StoredSeries> all = joined;
    if (all == null) {
      all = join();
      joined = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    StoredSeries s = all.next();
    s.copyTo(into);
    run.release(s);
    return true;
  }

  private Iterator<StoredSeries> join() {
    Map<Labels, StoredSeries> byLabels = new LinkedHashMap<>();
    StepSeries s = run.buffer(steps);
    StepSeries target = run.buffer(steps);
    while (nextOfEither(s)) {
      StoredSeries before = byLabels.get(s.labels());
      if (before == null) {
        byLabels.put(s.labels(), run.store(s));
      } else {
        before.copyTo(target);
        boolean dropsName = (first(s) < first(target) ? s : target).dropsName();
        MergedSeries.mergeInto(target, s);
        target.dropsName(dropsName);
        run.release(before);
        byLabels.put(s.labels(), run.store(target));
      }
    }
    return byLabels.values().iterator();
  }

  private static int first(StepSeries s) {
    int i = 0;
    while (!s.has(i)) {
      i++;
    }
    return i;
  }

  private boolean nextFiltered(StepSeries into) {
    if (!prepared) {
      prepared = true;
      rememberRight();
    }
    boolean and = op == BinaryOp.AND;
    while (left.next(into)) {
      run.tick();
      long[] other = presence.get(keys.of(into.labels()));
      long[] present = into.present();
      for (int w = 0; w < present.length; w++) {
        long o = other == null ? 0 : other[w];
        present[w] &= and ? o : ~o;
      }
      if (!into.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private void rememberRight() {
    StepSeries s = run.buffer(steps);
    try {
      while (right.next(s)) {
        run.tick();
        remember(s);
      }
    } catch (EvaluationException.Failed e) {
      // As in Prometheus the left operand's failure comes first.
      while (left.next(s)) {
        run.tick();
      }
      throw e;
    }
  }

  private void remember(StepSeries s) {
    Labels key = keys.of(s.labels());
    long[] seen = presence.get(key);
    if (seen == null) {
      run.memory().hold(QueryMemory.of(key) + QueryMemory.ofBits(s.present()));
      presence.put(key, s.present().clone());
      return;
    }
    for (int w = 0; w < seen.length; w++) {
      seen[w] |= s.present()[w];
    }
  }

  private boolean nextOfEither(StepSeries into) {
    if (!leftDone) {
      if (left.next(into)) {
        remember(into);
        check(into);
        return true;
      }
      leftDone = true;
    }
    while (right.next(into)) {
      run.tick();
      long[] other = presence.get(keys.of(into.labels()));
      long[] present = into.present();
      if (other != null) {
        for (int w = 0; w < present.length; w++) {
          present[w] &= ~other[w];
        }
      }
      if (!into.isEmpty()) {
        check(into);
        return true;
      }
    }
    return false;
  }

  private void check(StepSeries s) {
    if (duplicates != null) {
      duplicates.checkSteps(s);
    }
  }

  @Override
  public boolean hasUniqueLabels() {
    return joinsSeries || op != BinaryOp.OR && left.hasUniqueLabels();
  }
}
