package io.lamella.gateway.backtest;

import io.lamella.gateway.query.QueryService.InnerEvaluation;
import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.StepTimes;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import io.lamella.promql.plan.MatcherPushdown;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one recording rule records. The rule is evaluated at the multiples of its group's interval,
/// less the group's offset, each at most once and only where its values are asked for. Used by the
/// thread of one query.
///
/// Prometheus evaluates a group at multiples of the interval plus an offset that depends on the
/// name of its file. So that a result does not depend on where files lie, here there is none.
final class RecordedValues {
  /// Evaluations of one query, whose buffers have an element for each.
  private static final int MAX_AT_ONCE = 20_000;

  private static final long MAX_EVALUATIONS = 1_000_000;

  private final RecordingRules.Prepared prepared;
  private final Expr expr;
  private final RecordingRule rule;
  private final long interval;

  /// The evaluations that are done, by their numbers: ranges that are ascending and apart.
  private List<TimeRange> done = List.of();

  private final SortedMap<Labels, SampleColumns> series = new TreeMap<>();

  /// @param wanted of the series that are asked for; others may be left out
  RecordedValues(RecordingRules.Prepared prepared, List<Matcher> wanted) {
    this.prepared = prepared;
    this.expr = MatcherPushdown.of(prepared.expr(), wanted);
    this.rule = prepared.rule();
    this.interval = rule.group().intervalMillis();
  }

  /// Evaluates the rule at its times within some ranges, unless that is done already.
  ///
  /// @param source what its expression reads
  /// @throws QueryException where it has no result at one of these times
  void evaluate(List<TimeRange> ranges, SeriesSource source, InnerEvaluation inner) {
    List<TimeRange> asked = new ArrayList<>();
    for (TimeRange r : ranges) {
      long first = Math.ceilDiv(r.startMillis() + rule.group().offsetMillis(), interval);
      long last = Math.floorDiv(r.endMillis() + rule.group().offsetMillis(), interval);
      if (first <= last) {
        asked.add(new TimeRange(first, last));
      }
    }
    asked = TimeRange.merged(asked, List.of());
    List<TimeRange> missing = missing(asked);
    long count = count(missing) + count(done);
    if (count > MAX_EVALUATIONS) {
      throw new QueryException.TooExpensive(
          named(count + " evaluations, limit " + MAX_EVALUATIONS + "; use a longer interval"),
          MAX_EVALUATIONS,
          count);
    }
    for (List<TimeRange> part : parts(missing)) {
      evaluateHere(part, source, inner);
    }
    done = TimeRange.merged(done, missing);
  }

  private static long count(List<TimeRange> numbers) {
    return numbers.stream().mapToLong(r -> r.endMillis() - r.startMillis() + 1).sum();
  }

  /// What of some numbers is not done.
  private List<TimeRange> missing(List<TimeRange> asked) {
    List<TimeRange> out = new ArrayList<>();
    int d = 0;
    for (TimeRange a : asked) {
      long from = a.startMillis();
      while (d < done.size() && done.get(d).endMillis() < from) {
        d++;
      }
      for (int i = d; i < done.size() && done.get(i).startMillis() <= a.endMillis(); i++) {
        if (from < done.get(i).startMillis()) {
          out.add(new TimeRange(from, done.get(i).startMillis() - 1));
        }
        from = done.get(i).endMillis() + 1;
      }
      if (from <= a.endMillis()) {
        out.add(new TimeRange(from, a.endMillis()));
      }
    }
    return out;
  }

  /// Divides numbers into those that are evaluated together.
  private List<List<TimeRange>> parts(List<TimeRange> numbers) {
    long max = prepared.usesBounds() ? 1 : MAX_AT_ONCE;
    List<List<TimeRange>> out = new ArrayList<>();
    List<TimeRange> part = new ArrayList<>();
    long left = max;
    for (TimeRange r : numbers) {
      for (long from = r.startMillis(); from <= r.endMillis(); ) {
        long to = Math.min(r.endMillis(), from + left - 1);
        part.add(new TimeRange(from, to));
        left -= to - from + 1;
        from = to + 1;
        if (left == 0) {
          out.add(part);
          part = new ArrayList<>();
          left = max;
        }
      }
    }
    if (!part.isEmpty()) {
      out.add(part);
    }
    return out;
  }

  private long time(long number) {
    return number * interval - rule.group().offsetMillis();
  }

  private void evaluateHere(List<TimeRange> numbers, SeriesSource source, InnerEvaluation inner) {
    StepTimes times =
        StepTimes.of(
            numbers.stream()
                .map(r -> new TimeRange(time(r.startMillis()), time(r.endMillis())))
                .toList(),
            interval);
    int[] counts = new int[rule.group().limit() > 0 ? times.count() : 0];
    try {
      inner.series(
          source,
          List.of(expr),
          times,
          (_, s) -> {
            count(s, counts);
            add(s, times, inner);
          });
    } catch (QueryException.BadQuery | QueryException.Execution e) {
      throw new QueryException.Execution(named(e.getMessage()), e);
    } catch (QueryException.MemoryNotFree e) {
      throw e;
    } catch (QueryException.TooExpensive e) {
      throw new QueryException.TooExpensive(named(e.getMessage()), e.limit(), e.actual(), e);
    }
  }

  private String named(@org.jspecify.annotations.Nullable String reason) {
    return "recording rule \"" + rule.record() + "\" of " + rule.path() + ": " + reason;
  }

  private void count(StepSeries s, int[] counts) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += s.has(i) ? 1 : 0;
      if (counts[i] > rule.group().limit()) {
        throw new QueryException.Execution(
            "exceeded limit of " + rule.group().limit() + " with " + counts[i] + " series");
      }
    }
  }

  private void add(StepSeries s, StepTimes times, InnerEvaluation inner) {
    LabelsBuilder b = s.labels().toBuilder();
    b.set(Labels.METRIC_NAME, rule.record());
    rule.labels().forEach(b::set);
    Labels labels = b.build();
    int count = s.count();
    long bytes = 16L * count;
    SampleColumns before = series.get(labels);
    bytes += before == null ? QueryMemory.of(labels) + 256 : 0;
    bytes += s.hasHistograms() ? StoredSeries.histogramBytes(s) : 0;
    // An array that grows is copied.
    inner.memory().reserve(bytes + bytes / 2);
    SampleColumns more = new SampleColumns(count);
    for (int i = 0; i < s.steps(); i++) {
      if (s.has(i)) {
        Histogram h = s.histogram(i);
        if (h == null) {
          more.add(times.time(i), s.values()[i]);
        } else {
          more.add(times.time(i), stored(h));
        }
      }
    }
    series.put(labels, before == null ? more : merged(before, more));
  }

  /// Only a gauge keeps its hint when it is stored; the others are found from what is stored.
  private static Histogram stored(Histogram h) {
    return h.counterReset() == CounterReset.GAUGE ? h : h.withCounterReset(CounterReset.UNKNOWN);
  }

  private static SampleColumns merged(SampleColumns a, SampleColumns b) {
    if (a.times()[a.size() - 1] < b.times()[0]) {
      a.addAll(b);
      return a;
    }
    SampleColumns out = new SampleColumns(a.size() + b.size());
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      boolean both = i < a.size() && j < b.size();
      if (both && a.times()[i] == b.times()[j]) {
        throw new QueryException.Execution(
            "vector contains metrics with the same labelset after applying rule labels");
      }
      if (j == b.size() || both && a.times()[i] < b.times()[j]) {
        out.addFrom(a, i++);
      } else {
        out.addFrom(b, j++);
      }
    }
    return out;
  }

  /// The recorded series, in label order.
  Map<Labels, SampleColumns> series() {
    return series;
  }

  /// Appends the samples of a series within a range, and a stale marker at each evaluation that
  /// does not have it any more.
  void read(Labels labels, TimeRange range, SampleColumns into) {
    SampleColumns s = series.getOrDefault(labels, new SampleColumns(0));
    int from = Arrays.binarySearch(s.times(), 0, s.size(), range.startMillis() - interval);
    for (int i = from < 0 ? -from - 1 : from;
        i < s.size() && s.times()[i] <= range.endMillis();
        i++) {
      if (range.contains(s.times()[i])) {
        into.addFrom(s, i);
      }
      long next = s.times()[i] + interval;
      boolean goesOn = i + 1 < s.size() && s.times()[i + 1] == next;
      if (!goesOn && range.contains(next) && isDone(next)) {
        into.add(next, Stale.MARKER);
      }
    }
  }

  private boolean isDone(long timeMillis) {
    long number = (timeMillis + rule.group().offsetMillis()) / interval;
    int from = 0;
    int to = done.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (done.get(middle).endMillis() < number) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < done.size() && done.get(from).contains(number);
  }
}
