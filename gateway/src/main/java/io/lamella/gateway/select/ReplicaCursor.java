package io.lamella.gateway.select;

import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import org.jspecify.annotations.Nullable;

/// The samples of one or several replicas of a series, one after another.
///
/// Several replicas are read in pairs, by the penalty algorithm of Thanos Query: the earlier sample
/// is returned, of two at one instant that of the first replica; the other replica may then not
/// return a sample before twice the last interval has passed, so that reading changes to it only
/// where the first one has a gap. A counter is raised where the change would let it fall: the other
/// replica may not have seen the last increase before a reset.
abstract class ReplicaCursor {
  /// Moves to the first sample at this time or later, at the current sample or after it.
  ///
  /// @return false where there is none
  abstract boolean seek(long timeMillis);

  abstract long time();

  /// The histogram of the current sample; null where it is a float.
  abstract @Nullable Histogram histogram();

  /// The float of the current sample.
  abstract double value();

  /// Raises the floats from the current one on, so that it is at least this value.
  abstract void raise(double least);

  /// The kind of what is read.
  enum Values {
    COUNTER,
    OTHER
  }

  /// One replica.
  static ReplicaCursor of(SampleColumns samples, Values values) {
    return new One(samples, values);
  }

  /// Two replicas.
  static ReplicaCursor of(ReplicaCursor first, ReplicaCursor second) {
    return new Pair(first, second);
  }

  private static final class One extends ReplicaCursor {
    private final SampleColumns samples;
    private final Values values;
    private int at;
    private double raised;

    One(SampleColumns samples, Values values) {
      this.samples = samples;
      this.values = values;
    }

    @Override
    boolean seek(long timeMillis) {
      while (at < samples.size() && samples.times()[at] < timeMillis) {
        at++;
      }
      return at < samples.size();
    }

    @Override
    long time() {
      return samples.times()[at];
    }

    @Override
    @Nullable Histogram histogram() {
      return samples.histogramAt(at);
    }

    @Override
    double value() {
      return values == Values.COUNTER ? samples.values()[at] + raised : samples.values()[at];
    }

    @Override
    void raise(double least) {
      if (values == Values.COUNTER && least > value()) {
        raised += least - value();
      }
    }
  }

  private static final class Pair extends ReplicaCursor {
    /// Before there is an interval.
    private static final long INITIAL_PENALTY_MILLIS = 5000;

    private final ReplicaCursor first;
    private final ReplicaCursor second;
    private boolean hasFirst;
    private boolean hasSecond;
    private boolean usesFirst = true;
    private boolean started;
    private long last = Long.MIN_VALUE;
    private long firstPenalty;
    private long secondPenalty;

    Pair(ReplicaCursor first, ReplicaCursor second) {
      this.first = first;
      this.second = second;
      hasFirst = first.seek(Long.MIN_VALUE);
      hasSecond = second.seek(Long.MIN_VALUE);
    }

    private ReplicaCursor current() {
      return usesFirst ? first : second;
    }

    @Override
    boolean seek(long timeMillis) {
      boolean has = started ? usesFirst ? hasFirst : hasSecond : next();
      while (has && time() < timeMillis) {
        has = next();
      }
      return has;
    }

    private boolean next() {
      boolean wasFirst = usesFirst;
      // As in Thanos, the first sample of the first replica counts as one before the first choice.
      boolean wasFloat = (usesFirst ? hasFirst : hasSecond) && current().histogram() == null;
      double before = wasFloat ? current().value() : 0;
      boolean has = choose();
      started = true;
      if (has && wasFloat && usesFirst != wasFirst) {
        raise(before);
      }
      return has;
    }

    private boolean choose() {
      boolean any = last != Long.MIN_VALUE;
      hasFirst = hasFirst && first.seek(any ? last + 1 + firstPenalty : Long.MIN_VALUE);
      hasSecond = hasSecond && second.seek(any ? last + 1 + secondPenalty : Long.MIN_VALUE);
      if (!hasFirst && !hasSecond) {
        usesFirst = false;
        return false;
      }
      usesFirst = hasFirst && (!hasSecond || first.time() <= second.time());
      long now = current().time();
      long penalty = any ? 2 * (now - last) : INITIAL_PENALTY_MILLIS;
      if (usesFirst) {
        firstPenalty = 0;
        secondPenalty = hasSecond ? penalty : secondPenalty;
      } else {
        firstPenalty = hasFirst ? penalty : firstPenalty;
        secondPenalty = 0;
      }
      last = now;
      return true;
    }

    @Override
    long time() {
      return current().time();
    }

    @Override
    @Nullable Histogram histogram() {
      return current().histogram();
    }

    @Override
    double value() {
      return current().value();
    }

    @Override
    void raise(double least) {
      if (hasFirst && first.histogram() == null) {
        first.raise(least);
      }
      if (hasSecond && second.histogram() == null) {
        second.raise(least);
      }
    }
  }
}
