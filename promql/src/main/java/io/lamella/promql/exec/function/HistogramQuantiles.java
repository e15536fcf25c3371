package io.lamella.promql.exec.function;

import io.lamella.model.GoFloats;
import io.lamella.model.GoQuote;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`: native histograms one by
/// one, classic buckets grouped by their labels without `le`.
public final class HistogramQuantiles implements SeriesOperator {
  private static final String BUCKET = "le";

  /// The statistic that is computed from each histogram.
  public sealed interface Statistic {
    record OneQuantile(ScalarOperator q, TextRange place) implements Statistic {}

    record SeveralQuantiles(String label, List<ScalarOperator> q, List<TextRange> places)
        implements Statistic {}

    record Fraction(ScalarOperator from, ScalarOperator to) implements Statistic {}
  }

  /// The series of one classic bucket with its upper bound.
  private record Bucket(double bound, StoredSeries series) {}

  /// The native histograms and classic buckets with equal labels apart from `le`.
  private static final class BucketGroup {
    private final Labels labels;
    private final List<Bucket> buckets = new ArrayList<>();
    private final List<StoredSeries> natives = new ArrayList<>();

    BucketGroup(Labels labels) {
      this.labels = labels;
    }
  }

  private final QueryRun run;
  private final SeriesOperator from;
  private final Steps steps;
  private final Statistic statistic;
  private final TextRange place;
  private final Annotations annotations;
  private final Map<String, Annotations.@Nullable Monotonicity[]> corrections =
      new LinkedHashMap<>();
  private @Nullable Iterator<StoredSeries> results;

  public HistogramQuantiles(
      QueryRun run, SeriesOperator from, Steps steps, Statistic statistic, TextRange place) {
    this.run = run;
    this.from = from;
    this.steps = steps;
    this.statistic = statistic;
    this.place = place;
    this.annotations = run.annotations();
  }

  @Override
  public boolean next(StepSeries into) {
    Iterator<StoredSeries> all = results;
    if (all == null) {
      all = compute();
      results = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    StoredSeries s = all.next();
    s.copyTo(into);
    run.release(s);
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }

  private Iterator<StoredSeries> compute() {
    List<StoredSeries> input = Materialized.all(run, from, steps.count());
    warnOfQuantiles();
    Map<Labels, BucketGroup> groups = group(input);
    // Ordered by quantile, then by histogram.
    List<List<StoredSeries>> byQuantile = new ArrayList<>();
    DuplicateLabels duplicates = new DuplicateLabels(run.memory());
    for (BucketGroup g : groups.values()) {
      run.check();
      int k = 0;
      for (StepSeries s : statistics(g)) {
        s.dropsName(true);
        if (!run.delaysNames()) {
          s.labels(MetricNames.drop(s.labels()));
          s.dropsName(false);
          duplicates.checkSteps(s);
        }
        if (k == byQuantile.size()) {
          byQuantile.add(new ArrayList<>());
        }
        byQuantile.get(k++).add(run.store(s));
        run.releaseBuffer(steps.count());
      }
    }
    corrections.forEach((metric, bySteps) -> {
      Annotations.Monotonicity all = combined(bySteps);
      if (all != null) {
        annotations.monotonicity(place, metric, all);
      }
    });
    Materialized.release(run, input);
    return byQuantile.stream().flatMap(List::stream).iterator();
  }

  /// The corrections of all steps as one. Prometheus doubles the count so far at each further step,
  /// whether or not that step has a correction.
  private static Annotations.@Nullable Monotonicity combined(
      Annotations.@Nullable Monotonicity[] bySteps) {
    Annotations.Monotonicity all = null;
    for (Annotations.Monotonicity m : bySteps) {
      if (all == null) {
        all = m;
      } else {
        Annotations.Monotonicity sum = m == null ? all : all.plus(m);
        all = sum.plus(sum);
      }
    }
    return all;
  }

  private void warnOfQuantiles() {
    for (int i = 0; i < steps.count(); i++) {
      int step = i;
      switch (statistic) {
        case Statistic.OneQuantile x ->
            RangeFunctions.badQuantile(annotations, x.place(), place, x.q().values()[step]);
        case Statistic.SeveralQuantiles x -> {
          for (int k = 0; k < x.q().size(); k++) {
            RangeFunctions.badQuantile(
                annotations, x.places().get(k), place, x.q().get(k).values()[step]);
          }
        }
        case Statistic.Fraction _ -> {}
      }
    }
  }

  private Map<Labels, BucketGroup> group(List<StoredSeries> input) {
    Map<Labels, BucketGroup> groups = new LinkedHashMap<>();
    for (StoredSeries s : input) {
      boolean anyFloat = s.count() > 0 && !s.hasHistograms();
      boolean anyNative = false;
      for (int i = 0; i < steps.count() && s.hasHistograms(); i++) {
        if (s.has(i)) {
          boolean isNative = s.histogram(i) != null;
          anyNative |= isNative;
          anyFloat |= !isNative;
        }
      }
      if (anyNative) {
        Labels key = key(s.labels());
        BucketGroup g = groups.computeIfAbsent(key, _ -> new BucketGroup(key));
        g.natives.add(s);
      }
      if (anyFloat) {
        String le = s.labels().value(BUCKET);
        Double bound = bound(le);
        if (bound == null) {
          annotations.warn(
              place,
              "bucket label \"le\" is missing or has a malformed value of "
                  + GoQuote.quote(le)
                  + RangeFunctions.forMetric(nameForAnnotations(s.labels())));
          continue;
        }
        Labels key = key(s.labels().toBuilder().remove(BUCKET).build());
        BucketGroup g = groups.computeIfAbsent(key, _ -> new BucketGroup(key));
        g.buckets.add(new Bucket(bound, s));
      }
    }
    return groups;
  }

  /// Without delayed name removal names are ignored.
  private Labels key(Labels labels) {
    return run.delaysNames() ? labels : MetricNames.drop(labels);
  }

  private String nameForAnnotations(Labels labels) {
    return run.delaysNames() ? labels.metricName() : "";
  }

  private static @Nullable Double bound(String le) {
    OptionalDouble v = GoFloats.parse(le);
    boolean isBound =
        v.isPresent() && (!Double.isInfinite(v.getAsDouble()) || GoFloats.isSpecial(le));
    return isBound ? v.getAsDouble() : null;
  }

  private List<StepSeries> statistics(BucketGroup g) {
    List<ScalarOperator> parameters =
        switch (statistic) {
          case Statistic.OneQuantile x -> List.of(x.q());
          case Statistic.SeveralQuantiles x -> x.q();
          case Statistic.Fraction x -> List.of(x.from());
        };
    Map<Labels, StepSeries> out = new LinkedHashMap<>();
    ClassicBuckets classic = new ClassicBuckets();
    String metric = nameForAnnotations(g.labels);
    long[] present = present(g);
    for (int i = 0; i < steps.count(); i++) {
      if ((present[i >> 6] & (1L << i)) == 0) {
        continue;
      }
      run.tick();
      Histogram h = null;
      for (StoredSeries s : g.natives) {
        Histogram x = s.histogram(i);
        if (s.has(i) && x != null) {
          if (h != null) {
            throw DuplicateLabels.failure();
          }
          h = x;
        }
      }
      classic.clear();
      for (Bucket b : g.buckets) {
        if (b.series().has(i) && b.series().histogram(i) == null) {
          classic.add(b.bound(), b.series().value(i));
        }
      }
      if (h != null && !classic.isEmpty()) {
        annotations.warn(
            place,
            "vector contains a mix of classic and native histograms"
                + RangeFunctions.forMetric(metric));
        continue;
      }
      if (h == null && classic.isEmpty()) {
        continue;
      }
      for (ScalarOperator p : parameters) {
        double parameter = p.values()[i];
        double value = value(h, classic, parameter, i, metric);
        Labels labels = labels(g, parameter);
        StepSeries target = out.computeIfAbsent(labels, this::series);
        if (target.has(i)) {
          throw DuplicateLabels.failure();
        }
        target.set(i, value);
      }
    }
    return new ArrayList<>(out.values());
  }

  /// The steps at which the group has any element.
  private long[] present(BucketGroup g) {
    long[] out = new long[(steps.count() + 63) >> 6];
    g.natives.forEach(s -> s.markIn(out));
    g.buckets.forEach(b -> b.series().markIn(out));
    return out;
  }

  private StepSeries series(Labels labels) {
    StepSeries s = run.buffer(steps.count());
    s.reset(labels);
    return s;
  }

  private Labels labels(BucketGroup g, double q) {
    if (statistic instanceof Statistic.SeveralQuantiles x) {
      LabelsBuilder b = g.labels.toBuilder();
      return b.set(x.label(), openMetrics(q)).build();
    }
    return g.labels;
  }

  private double value(
      @Nullable Histogram h, ClassicBuckets classic, double parameter, int step, String metric) {
    if (statistic instanceof Statistic.Fraction f) {
      double to = f.to().values()[step];
      return h == null
          ? classic.fraction(parameter, to)
          : NativeQuantiles.fraction(parameter, to, h, annotations, place, metric);
    }
    if (h != null) {
      return NativeQuantiles.quantile(parameter, h, annotations, place, metric);
    }
    double value = classic.quantile(parameter, steps.time(step));
    Annotations.Monotonicity m = classic.correction();
    if (m != null) {
      Annotations.@Nullable Monotonicity[] bySteps =
          corrections.computeIfAbsent(
              metric, _ -> new Annotations.@Nullable Monotonicity[steps.count()]);
      Annotations.Monotonicity before = bySteps[step];
      bySteps[step] = before == null ? m : before.plus(m);
    }
    return value;
  }

  /// A float as OpenMetrics writes it: always with a point or an exponent.
  static String openMetrics(double v) {
    // Not -0.0.
    String s = Numbers.general(v == 0 ? 0.0 : v);
    boolean plain = s.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
    return plain ? s + ".0" : s;
  }
}
