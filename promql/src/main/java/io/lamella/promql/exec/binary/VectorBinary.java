package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Matching;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Arithmetic and comparison between two vectors. The side that may have one element a group is
/// kept in memory, the other one streams past it.
public final class VectorBinary implements SeriesOperator {
  /// The "one" series of a match group and which steps have found a partner.
  private static final class Group {
    private final Labels key;
    private final List<StepSeries> ones = new ArrayList<>();
    private final long[] matched;
    private final Map<Labels, long[]> results = new HashMap<>();

    Group(Labels key, int words) {
      this.key = key;
      this.matched = new long[words];
    }
  }

  /// What the operator is.
  ///
  /// @param bool true where a comparison gives 0 or 1
  public record Operation(BinaryOp op, boolean bool, Matching matching, TextRange place) {}

  private final QueryRun run;
  private final SeriesOperator many;
  private final SeriesOperator one;
  private final int steps;
  private final BinaryOp op;
  private final boolean bool;
  private final Matching matching;
  private final boolean swapped;
  private final boolean oneToOne;
  private final MatchKeys keys;
  private final ResultLabels resultLabels;
  private final ElementOperator element;
  private final @Nullable DuplicateLabels duplicates;
  private final StepSeries buffer;
  private final Map<Labels, Group> groups = new LinkedHashMap<>();
  private final Deque<StepSeries> pending = new ArrayDeque<>();
  private final long[] anyMany;
  private final long[] anyOne;
  private @Nullable List<StepSeries> ones;
  private boolean done;

  public VectorBinary(
      QueryRun run, SeriesOperator left, SeriesOperator right, Operation operation, int steps) {
    this.run = run;
    this.op = operation.op();
    this.bool = operation.bool();
    this.matching = operation.matching();
    this.swapped = matching.cardinality() == Matching.Cardinality.ONE_TO_MANY;
    this.oneToOne = matching.cardinality() == Matching.Cardinality.ONE_TO_ONE;
    this.many = swapped ? right : left;
    this.one = swapped ? left : right;
    this.steps = steps;
    this.keys = new MatchKeys(matching);
    this.resultLabels = new ResultLabels(run, operation);
    this.element = new ElementOperator(op, run.annotations(), operation.place(), steps);
    this.duplicates = run.delaysNames() ? null : new DuplicateLabels();
    this.buffer = new StepSeries(steps);
    this.anyMany = new long[buffer.present().length];
    this.anyOne = new long[buffer.present().length];
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
    List<StepSeries> all = Materialized.all(run, one, steps);
    for (StepSeries s : all) {
      Labels key = keys.of(s.labels());
      groups.computeIfAbsent(key, k -> new Group(k, anyMany.length)).ones.add(s);
      or(anyOne, s.present());
    }
    return all;
  }

  private static void or(long[] into, long[] bits) {
    for (int w = 0; w < into.length; w++) {
      into[w] |= bits[w];
    }
  }

  /// Combines the series in the buffer with its group; true where `into` holds a result, more may
  /// be pending.
  private boolean match(StepSeries into) {
    or(anyMany, buffer.present());
    Labels key = keys.of(buffer.labels());
    Group g = groups.get(key);
    if (g == null) {
      if (!matching.fills()) {
        return false;
      }
      g = new Group(key, anyMany.length);
      groups.put(key, g);
    }
    boolean found = false;
    long[] unmatched = buffer.present().clone();
    for (StepSeries o : g.ones) {
      long[] both = new long[anyMany.length];
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

  /// Computes one result series into the caller's buffer, or behind it where that is taken.
  private boolean output(
      StepSeries into, boolean taken, Group g, Labels oneLabels, StepSeries o, long[] at) {
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
      StepSeries target, Group g, StepSeries m, StepSeries o, Labels oneLabels, long[] at) {
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
        // Two elements that nothing can be made of do not count as matched.
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

  /// Takes the steps for a result, or fails where they are taken already.
  private void claim(Group g, Labels labels, long[] at) {
    long[] taken;
    if (oneToOne) {
      taken = g.matched;
    } else {
      or(g.matched, at);
      taken = g.results.computeIfAbsent(labels, _ -> new long[at.length]);
    }
    for (int w = 0; w < at.length; w++) {
      if ((taken[w] & at[w]) != 0) {
        checkOnes();
        throw new QueryException.Execution(
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
    checkOnes();
    Double fill = matching.fillLeft();
    if (fill != null) {
      StepSeries stand = constant(fill);
      for (Group g : new ArrayList<>(groups.values())) {
        for (StepSeries o : g.ones) {
          long[] missing = new long[anyMany.length];
          for (int w = 0; w < missing.length; w++) {
            missing[w] = o.present()[w] & ~g.matched[w];
          }
          if (isAny(missing)) {
            stand.labels(g.key);
            StepSeries target = new StepSeries(steps);
            if (combine(target, g, stand, o, g.key, missing)) {
              pending.add(target);
            }
          }
        }
      }
    }
    element.finish();
    if (ones != null) {
      Materialized.release(run, ones);
    }
  }

  /// The "one" side must have unique keys wherever there is anything to match.
  private void checkOnes() {
    for (Group g : groups.values()) {
      for (int a = 0; a < g.ones.size(); a++) {
        for (int b = a + 1; b < g.ones.size(); b++) {
          long[] x = g.ones.get(a).present();
          long[] y = g.ones.get(b).present();
          for (int w = 0; w < x.length; w++) {
            long asked = matching.fills() ? -1L : anyMany[w];
            if ((x[w] & y[w] & asked) != 0) {
              throw duplicate(g, g.ones.get(a), g.ones.get(b));
            }
          }
        }
      }
    }
  }

  private QueryException duplicate(Group g, StepSeries a, StepSeries b) {
    String x = a.labels().toString();
    String y = b.labels().toString();
    boolean ordered = io.lamella.model.Utf8Order.compare(x, y) <= 0;
    return new QueryException.Execution(
        "found duplicate series for the match group "
            + g.key
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
