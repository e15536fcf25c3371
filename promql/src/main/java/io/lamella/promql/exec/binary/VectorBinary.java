package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.ListedSeries;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Arithmetic and comparison between two vectors. The side with one element per match group is kept
/// in memory, the other one is streamed.
public final class VectorBinary implements SeriesOperator {
  /// The "one" series of a match group, and the steps that were matched.
  private static final class MatchGroup {
    private final Labels key;
    private final List<StepSeries> ones = new ArrayList<>();
    private final long[] matched;
    private final Map<Labels, long[]> results = new HashMap<>();

    MatchGroup(Labels key, int words) {
      this.key = key;
      this.matched = new long[words];
    }
  }

  /// The operator with its modifiers.
  ///
  /// @param bool true where a comparison gives 0 or 1
  public record Operation(BinaryOp op, boolean bool, VectorMatching matching, TextRange place) {}

  private final QueryRun run;
  private SeriesOperator many;
  private final SeriesOperator one;
  private final int steps;
  private final BinaryOp op;
  private final boolean bool;
  private final VectorMatching matching;
  private final boolean swapped;
  private final boolean oneToOne;
  private final MatchKeys keys;
  private final ResultLabels resultLabels;
  private final ElementOperator element;
  private final @Nullable DuplicateLabels duplicates;
  private final StepSeries buffer;
  private final Map<Labels, MatchGroup> groups = new HashMap<>();
  private final Deque<StepSeries> pending = new ArrayDeque<>();
  private final int words;
  private @Nullable List<StepSeries> ones;
  private @Nullable EvaluationException failure;
  private boolean done;

  public VectorBinary(
      QueryRun run, SeriesOperator left, SeriesOperator right, Operation operation, Steps times) {
    this.run = run;
    this.op = operation.op();
    this.bool = operation.bool();
    this.matching = operation.matching();
    this.swapped = matching.cardinality() == VectorMatching.Cardinality.ONE_TO_MANY;
    this.oneToOne = matching.cardinality() == VectorMatching.Cardinality.ONE_TO_ONE;
    this.many = swapped ? right : left;
    this.one = swapped ? left : right;
    this.steps = times.count();
    this.keys = new MatchKeys(matching);
    this.resultLabels = new ResultLabels(run, operation);
    this.element = new ElementOperator(op, run.annotations(), operation.place(), steps);
    this.duplicates = run.delaysNames() && !times.isRange() ? null : new DuplicateLabels();
    this.buffer = new StepSeries(steps);
    this.words = buffer.present().length;
  }

  @Override
  public boolean next(StepSeries into) {
    if (ones == null) {
      ones = load();
    }
    while (true) {
      StepSeries ready = pending.poll();
      if (ready != null) {
        into.copyFrom(ready);
        return accept(into);
      }
      if (done) {
        return false;
      }
      if (many.next(buffer)) {
        run.tick();
        if (match(into)) {
          return accept(into);
        }
      } else {
        finish();
      }
    }
  }

  private boolean accept(StepSeries s) {
    if (duplicates != null) {
      duplicates.checkSteps(s);
    }
    return true;
  }

  private List<StepSeries> load() {
    List<StepSeries> all =
        swapped ? Materialized.all(run, one, steps) : Materialized.right(run, many, one, steps);
    for (StepSeries s : all) {
      Labels key = keys.of(s.labels());
      groups.computeIfAbsent(key, k -> new MatchGroup(k, words)).ones.add(s);
    }
    long[] duplicates = duplicates(all);
    if (isAny(duplicates)) {
      failAt(duplicates, all);
    }
    return all;
  }

  /// The steps at which some match group has two elements.
  private long[] duplicates(List<StepSeries> all) {
    long[] out = new long[words];
    Map<Labels, long[]> seen = new HashMap<>();
    for (StepSeries s : all) {
      long[] before = seen.computeIfAbsent(keys.of(s.labels()), _ -> new long[out.length]);
      for (int w = 0; w < out.length; w++) {
        out[w] |= before[w] & s.present()[w];
        before[w] |= s.present()[w];
      }
    }
    return out;
  }

  /// Prepares the failure at the first step with duplicates that has anything to match. The steps
  /// before it are still computed, because they may fail first.
  private void failAt(long[] duplicates, List<StepSeries> all) {
    List<StepSeries> other = Materialized.all(run, many, steps);
    long[] present = new long[words];
    for (StepSeries s : other) {
      or(present, s.present());
    }
    many = new ListedSeries(other);
    for (int i = 0; i < steps; i++) {
      long word = duplicates[i >> 6] & (matching.fills() ? -1L : present[i >> 6]);
      if ((word & (1L << i)) != 0) {
        failure = duplicate(all, i);
        all.forEach(cutFrom(i));
        other.forEach(cutFrom(i));
        return;
      }
    }
  }

  private static Consumer<StepSeries> cutFrom(int step) {
    return s -> {
      for (int i = step; i < s.steps(); i++) {
        s.unset(i);
      }
    };
  }

  private static void or(long[] into, long[] bits) {
    for (int w = 0; w < into.length; w++) {
      into[w] |= bits[w];
    }
  }

  /// Combines the series in the buffer with its group. Returns true where `into` has a result; more
  /// results may be pending.
  private boolean match(StepSeries into) {
    Labels key = keys.of(buffer.labels());
    MatchGroup g = groups.get(key);
    if (g == null) {
      if (!matching.fills()) {
        return false;
      }
      g = new MatchGroup(key, words);
      groups.put(key, g);
    }
    boolean found = false;
    long[] unmatched = buffer.present().clone();
    for (StepSeries o : g.ones) {
      long[] both = new long[words];
      boolean any = false;
      for (int w = 0; w < both.length; w++) {
        both[w] = buffer.present()[w] & o.present()[w];
        unmatched[w] &= ~both[w];
        any |= both[w] != 0;
      }
      if (any) {
        found = output(into, found, g, o.labels(), o, both);
      }
    }
    Double fill = matching.fillRight();
    if (fill != null && isAny(unmatched)) {
      found = output(into, found, g, g.key, constant(fill), unmatched);
    }
    return found;
  }

  private static boolean isAny(long[] bits) {
    for (long w : bits) {
      if (w != 0) {
        return true;
      }
    }
    return false;
  }

  private StepSeries constant(double v) {
    StepSeries s = new StepSeries(steps);
    s.reset(Labels.EMPTY);
    for (int i = 0; i < steps; i++) {
      s.set(i, v);
    }
    return s;
  }

  /// Computes one result series into the caller's buffer, or into a pending one where that is in
  /// use.
  private boolean output(
      StepSeries into, boolean taken, MatchGroup g, Labels oneLabels, StepSeries o, long[] at) {
    StepSeries target = taken ? new StepSeries(steps) : into;
    if (!combine(target, g, buffer, o, oneLabels, at)) {
      return taken;
    }
    if (taken) {
      pending.add(target);
    }
    return true;
  }

  private boolean combine(
      StepSeries target, MatchGroup g, StepSeries m, StepSeries o, Labels oneLabels, long[] at) {
    Labels labels = resultLabels.of(m.labels(), oneLabels);
    target.reset(labels);
    target.dropsName(resultLabels.marksName());
    StepSeries left = swapped ? o : m;
    StepSeries right = swapped ? m : o;
    boolean any = false;
    boolean plain =
        !left.hasHistograms() && !right.hasHistograms() && !op.isComparison() && !op.isTrim();
    for (int i = 0; i < steps; i++) {
      if ((at[i >> 6] & (1L << i)) == 0) {
        continue;
      }
      double a = left.values()[i];
      double b = right.values()[i];
      if (plain) {
        target.set(i, FloatOperators.apply(op, a, b));
        any = true;
        continue;
      }
      boolean holds = element.apply(i, a, left.histogram(i), b, right.histogram(i));
      if (element.impossible) {
        // Two elements that cannot be combined do not count as matched.
        at[i >> 6] &= ~(1L << i);
        continue;
      }
      if (bool) {
        target.set(i, holds ? 1 : 0);
        any = true;
      } else if (holds) {
        target.set(i, element.value, element.histogram);
        any = true;
      }
    }
    claim(g, labels, at);
    return any;
  }

  /// Records the steps of a result; fails where one already has a result with these labels.
  private void claim(MatchGroup g, Labels labels, long[] at) {
    long[] taken;
    if (oneToOne) {
      taken = g.matched;
    } else {
      or(g.matched, at);
      taken = g.results.computeIfAbsent(labels, _ -> new long[at.length]);
    }
    for (int w = 0; w < at.length; w++) {
      if ((taken[w] & at[w]) != 0) {
        throw new EvaluationException.Failed(
            oneToOne
                ? "multiple matches for labels: many-to-one matching must be explicit"
                    + " (group_left/group_right)"
                : "multiple matches for labels: grouping labels must ensure unique matches");
      }
      taken[w] |= at[w];
    }
  }

  private void finish() {
    done = true;
    Double fill = matching.fillLeft();
    if (fill != null) {
      StepSeries stand = constant(fill);
      for (StepSeries o : Objects.requireNonNull(ones)) {
        MatchGroup g = Objects.requireNonNull(groups.get(keys.of(o.labels())));
        long[] missing = new long[words];
        for (int w = 0; w < missing.length; w++) {
          missing[w] = o.present()[w] & ~g.matched[w];
        }
        if (isAny(missing)) {
          stand.labels(g.key);
          StepSeries target = new StepSeries(steps);
          if (combine(target, g, stand, o, o.labels(), missing)) {
            pending.add(target);
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    element.finish();
    if (ones != null) {
      Materialized.release(run, ones);
    }
  }

  private EvaluationException duplicate(List<StepSeries> all, int step) {
    Map<Labels, StepSeries> first = new HashMap<>();
    for (StepSeries s : all) {
      if (s.has(step)) {
        Labels key = keys.of(s.labels());
        StepSeries other = first.putIfAbsent(key, s);
        if (other != null) {
          return duplicate(key, other, s);
        }
      }
    }
    throw new IllegalStateException("no two elements of one group at step " + step);
  }

  private EvaluationException duplicate(Labels key, StepSeries a, StepSeries b) {
    String x = a.labels().toString();
    String y = b.labels().toString();
    boolean ordered = io.lamella.model.Utf8Order.compare(x, y) <= 0;
    return new EvaluationException.Failed(
        "found duplicate series for the match group "
            + key
            + " on the "
            + (swapped ? "left" : "right")
            + " hand-side of the operation: ["
            + (ordered ? x : y)
            + ", "
            + (ordered ? y : x)
            + "];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }
}
