package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Values;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.promql.StepTimes;
import io.lamella.promql.exec.StepSeries;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// What is known of one rule in one window: at which steps some series violates it. Each series
/// passes through the states of a Prometheus alert: pending when it appears, firing once it was
/// there for `hold`, and for `keepFiring` after it is gone.
final class RuleState implements WindowState {
  private static final Comparator<OffendingSeries> MOST_OFFENDING_LAST =
      Comparator.comparingLong(OffendingSeries::totalMillis)
          .thenComparing(OffendingSeries::labels, Comparator.reverseOrder());

  private final Rule rule;
  private final int maxTop;
  private final int maxValues;
  private @Nullable BitSet violated;
  private double worst = Double.NaN;
  private int series;
  private @Nullable PriorityQueue<OffendingSeries> top;

  RuleState(Rule rule, Backtest.Detail detail) {
    this.rule = rule;
    this.maxTop = detail.topSeries();
    this.maxValues = detail.maxValues();
  }

  @Override
  public void add(StepSeries s, Steps steps) {
    if (next(s, steps.from(), steps.to()) >= steps.to()) {
      return;
    }
    long hold = rule.millis().hold();
    long keep = rule.millis().keepFiring();
    StepTimes times = steps.times();
    boolean active = false;
    boolean firing = false;
    boolean gone = false;
    long activeAt = 0;
    long goneAt = 0;
    int first = -1;
    int last = -1;
    // Where the violation began that has not ended yet.
    int run = -1;
    int total = 0;
    double worstOfSeries = Double.NaN;
    for (int i = steps.from(); i < steps.to(); i++) {
      long t = times.time(i);
      if (s.has(i)) {
        if (!active) {
          active = true;
          firing = false;
          activeAt = t;
        }
        gone = false;
        firing |= t - activeAt >= hold;
      } else if (active) {
        if (firing && keep > 0) {
          goneAt = gone ? goneAt : t;
          gone = true;
          active = t - goneAt < keep;
        } else {
          active = false;
        }
      }
      if (active && firing) {
        first = first < 0 ? i : first;
        run = run < 0 ? i : run;
        last = i;
        total++;
        if (s.has(i)) {
          worstOfSeries = worse(worstOfSeries, s.values()[i]);
        }
      } else if (run >= 0) {
        mark(run - steps.from(), i - steps.from());
        run = -1;
      }
    }
    if (run >= 0) {
      mark(run - steps.from(), steps.to() - steps.from());
    }
    if (first >= 0) {
      series++;
      worst = worse(worst, worstOfSeries);
      list(
          new OffendingSeries(
              AlertLabels.of(rule, s.labels()),
              times.time(first),
              times.time(last),
              total * times.stepMillis(),
              worstOfSeries,
              Optional.empty()),
          s,
          steps);
    }
  }

  /// The first step from `from` on that has an element, or one that is not before `to`.
  private static int next(StepSeries s, int from, int to) {
    long[] present = s.present();
    for (int i = from; i < to; i = (i | 63) + 1) {
      long word = present[i >> 6] >>> i;
      if (word != 0) {
        return i + Long.numberOfTrailingZeros(word);
      }
    }
    return to;
  }

  private void mark(int from, int to) {
    BitSet all = violated;
    if (all == null) {
      all = new BitSet();
      violated = all;
    }
    all.set(from, to);
  }

  private double worse(double a, double b) {
    if (a != a) {
      return b;
    }
    if (b != b) {
      return a;
    }
    return rule.leastIsWorst() ? Math.min(a, b) : Math.max(a, b);
  }

  private void list(OffendingSeries s, StepSeries values, Steps steps) {
    if (maxTop == 0) {
      return;
    }
    PriorityQueue<OffendingSeries> all = top;
    if (all == null) {
      all = new PriorityQueue<>(MOST_OFFENDING_LAST);
      top = all;
    }
    if (all.size() == maxTop && MOST_OFFENDING_LAST.compare(s, all.element()) <= 0) {
      return;
    }
    all.add(maxValues == 0 ? s : withValues(s, values, steps));
    if (all.size() > maxTop) {
      all.remove();
    }
  }

  private OffendingSeries withValues(OffendingSeries s, StepSeries of, Steps steps) {
    int distance = Math.ceilDiv(steps.to() - steps.from(), maxValues);
    List<Double> values = new ArrayList<>();
    for (int i = steps.from(); i < steps.to(); i += distance) {
      double value = Double.NaN;
      for (int k = i; k < Math.min(steps.to(), i + distance); k++) {
        value = of.has(k) ? worse(value, of.values()[k]) : value;
      }
      values.add(value);
    }
    StepTimes times = steps.times();
    return new OffendingSeries(
        s.labels(),
        s.firstMillis(),
        s.lastMillis(),
        s.totalMillis(),
        s.worst(),
        Optional.of(new Values(times.time(steps.from()), distance * times.stepMillis(), values)));
  }

  @Override
  public Optional<Violation> violation(Steps steps) {
    BitSet all = violated;
    if (all == null) {
      return Optional.empty();
    }
    int longest = 0;
    for (int i = all.nextSetBit(0); i >= 0; ) {
      int end = all.nextClearBit(i);
      longest = Math.max(longest, end - i);
      i = all.nextSetBit(end);
    }
    StepTimes times = steps.times();
    return Optional.of(
        new Violation(
            times.time(steps.from() + all.nextSetBit(0)),
            times.time(steps.from() + all.length() - 1),
            all.cardinality() * times.stepMillis(),
            longest * times.stepMillis(),
            worst,
            series,
            top == null
                ? List.of()
                : top.stream().sorted(MOST_OFFENDING_LAST.reversed()).toList()));
  }
}
