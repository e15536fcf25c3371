package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.ListedSeries;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Arithmetic and comparison between two vectors. The side with one element per match group is kept
/// in memory, the other one is streamed.
public final class VectorBinary implements SeriesOperator {
  /// The "one" series of a match group, and the steps that were matched.
  private static final class MatchGroup {
    private final Labels key;
    private final List<StoredSeries> ones = new ArrayList<>();
    private final long[] matched;
    private final Map<Labels, long[]> results = new HashMap<>();

    MatchGroup(Labels key, int words) {
      this.key = key;
      this.matched = new long[words];
    }
  }

  private static final int GROUP_BYTES = 300;

  /// In a chain of operators this many right operands are kept at once. Further up the left operand
  /// is evaluated first, which releases those below.
  private static final int MAX_KEPT_OPERANDS = 16;

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
  private @Nullable StepSeries lazyBuffer;
  private @Nullable StepSeries lazySpare;
  private @Nullable StepSeries lazyExpanded;
  private final Map<Labels, MatchGroup> groups = new HashMap<>();
  private final Deque<StoredSeries> pending = new ArrayDeque<>();
  private final int words;
  private final int operatorsBelow;
  private @Nullable List<StoredSeries> ones;
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
    this.duplicates =
        run.delaysNames() && !times.isRange() ? null : new DuplicateLabels(run.memory());
    this.words = (steps + 63) >> 6;
    this.operatorsBelow = left instanceof VectorBinary below ? below.operatorsBelow + 1 : 0;
  }

  /// The current series of the streamed side.
  private StepSeries buffer() {
    StepSeries b = lazyBuffer;
    if (b == null) {
      b = run.buffer(steps);
      lazyBuffer = b;
    }
    return b;
  }

  /// For a result that cannot be handed out yet.
  private StepSeries spare() {
    StepSeries b = lazySpare;
    if (b == null) {
      b = run.buffer(steps);
      lazySpare = b;
    }
    return b;
  }

  /// A series of the kept side with a column for all steps; valid until the next call.
  private StepSeries expanded(StoredSeries s) {
    StepSeries b = lazyExpanded;
    if (b == null) {
      b = run.buffer(steps);
      lazyExpanded = b;
    }
    return s.expanded(b);
  }

  private void keepPending(StepSeries s) {
    pending.add(run.store(s));
  }

  @Override
  public boolean next(StepSeries into) {
    if (ones == null) {
      ones = load();
    }
    while (true) {
      StoredSeries ready = pending.poll();
      if (ready != null) {
        ready.copyTo(into);
        run.release(ready);
        return accept(into);
      }
      if (done) {
        return false;
      }
      if (many.next(buffer())) {
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

  private List<StoredSeries> load() {
    if (!swapped && operatorsBelow >= MAX_KEPT_OPERANDS) {
      many = new ListedSeries(run, Materialized.all(run, many, steps));
    }
    List<StoredSeries> all =
        swapped ? Materialized.all(run, one, steps) : Materialized.right(run, many, one, steps);
    for (StoredSeries s : all) {
      group(keys.of(s.labels())).ones.add(s);
    }
    long[] duplicates = duplicates(all);
    return isAny(duplicates) ? failAt(duplicates, all) : all;
  }

  private MatchGroup group(Labels key) {
    MatchGroup g = groups.get(key);
    if (g == null) {
      run.memory().hold(QueryMemory.of(key) + GROUP_BYTES + 8L * words);
      g = new MatchGroup(key, words);
      groups.put(key, g);
    }
    return g;
  }

  /// The steps at which some match group has two elements.
  private long[] duplicates(List<StoredSeries> all) {
    long[] out = new long[words];
    long[] before = new long[words];
    for (MatchGroup g : groups.values()) {
      if (g.ones.size() < 2) {
        continue;
      }
      Arrays.fill(before, 0);
      for (StoredSeries s : g.ones) {
        for (int w = 0; w < out.length; w++) {
          long word = s.word(w);
          out[w] |= before[w] & word;
          before[w] |= word;
        }
      }
    }
    return out;
  }

  /// Prepares the failure at the first step with duplicates that has anything to match. The steps
  /// before it are still computed, because they may fail first. Returns the kept side, cut there.
  private List<StoredSeries> failAt(long[] duplicates, List<StoredSeries> all) {
    List<StoredSeries> other = Materialized.all(run, many, steps);
    long[] present = new long[words];
    for (StoredSeries s : other) {
      s.markIn(present);
    }
    many = new ListedSeries(run, other);
    for (int i = 0; i < steps; i++) {
      long word = duplicates[i >> 6] & (matching.fills() ? -1L : present[i >> 6]);
      if ((word & (1L << i)) != 0) {
        failure = duplicate(all, i);
        int step = i;
        many = new ListedSeries(run, other.stream().map(s -> cutFrom(step, s)).toList());
        groups.values().forEach(g -> g.ones.clear());
        List<StoredSeries> cut = all.stream().map(s -> cutFrom(step, s)).toList();
        cut.forEach(s -> group(keys.of(s.labels())).ones.add(s));
        return cut;
      }
    }
    return all;
  }

  private StoredSeries cutFrom(int step, StoredSeries s) {
    StepSeries b = spare();
    s.copyTo(b);
    for (int i = step; i < steps; i++) {
      b.unset(i);
    }
    return run.store(b);
  }

  private static void or(long[] into, long[] bits) {
    for (int w = 0; w < into.length; w++) {
      into[w] |= bits[w];
    }
  }

  /// Combines the series in the buffer with its group. Returns true where `into` has a result; more
  /// results may be pending.
  private boolean match(StepSeries into) {
    StepSeries buffer = buffer();
    Labels key = keys.of(buffer.labels());
    if (!matching.fills() && !groups.containsKey(key)) {
      return false;
    }
    MatchGroup g = group(key);
    boolean found = false;
    long[] unmatched = buffer.present().clone();
    for (StoredSeries o : g.ones) {
      long[] both = new long[words];
      boolean any = false;
      for (int w = 0; w < both.length; w++) {
        both[w] = buffer.present()[w] & o.word(w);
        unmatched[w] &= ~both[w];
        any |= both[w] != 0;
      }
      if (any) {
        found = output(into, found, g, o.labels(), expanded(o), both);
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
    StepSeries s = run.buffer(steps);
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
    StepSeries target = taken ? spare() : into;
    if (!combine(target, g, buffer(), o, oneLabels, at)) {
      return taken;
    }
    if (taken) {
      keepPending(target);
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
      taken = g.results.get(labels);
      if (taken == null) {
        taken = new long[at.length];
        run.memory().hold(QueryMemory.of(labels) + QueryMemory.ofBits(taken));
        g.results.put(labels, taken);
      }
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
      for (StoredSeries o : Objects.requireNonNull(ones)) {
        MatchGroup g = Objects.requireNonNull(groups.get(keys.of(o.labels())));
        long[] missing = new long[words];
        for (int w = 0; w < missing.length; w++) {
          missing[w] = o.word(w) & ~g.matched[w];
        }
        if (isAny(missing)) {
          stand.labels(g.key);
          if (combine(spare(), g, stand, expanded(o), o.labels(), missing)) {
            keepPending(spare());
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

  private EvaluationException duplicate(List<StoredSeries> all, int step) {
    Map<Labels, StoredSeries> first = new HashMap<>();
    for (StoredSeries s : all) {
      if (s.has(step)) {
        Labels key = keys.of(s.labels());
        StoredSeries other = first.putIfAbsent(key, s);
        if (other != null) {
          return duplicate(key, other, s);
        }
      }
    }
    throw new IllegalStateException("no two elements of one group at step " + step);
  }

  private EvaluationException duplicate(Labels key, StoredSeries a, StoredSeries b) {
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
