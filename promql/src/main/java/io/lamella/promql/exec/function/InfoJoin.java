package io.lamella.promql.exec.function;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `info(v, {…})`: adds the data labels of info series to elements with the same `instance` and
/// `job`.
public final class InfoJoin implements SeriesOperator {
  public static final String DEFAULT_METRIC = "target_info";
  private static final List<String> IDENTIFYING = List.of("instance", "job");

  /// The inputs of the join: the base vector, the info series with their values, and the times of
  /// their samples.
  ///
  /// @param nameMatchers the matchers on `__name__`
  /// @param dataMatchers the others
  public record Inputs(
      SeriesOperator base,
      SeriesOperator info,
      SeriesOperator infoTimes,
      List<Matcher> nameMatchers,
      List<Matcher> dataMatchers) {}

  /// An info series with the times of its samples.
  private record Source(Labels labels, StoredSeries values, StoredSeries times) {
    long millis(int step) {
      return Math.round(times.value(step) * 1000);
    }

    String text(int step) {
      return labels + " @ " + millis(step);
    }
  }

  private final QueryRun run;
  private final Inputs in;
  private final int steps;
  private final Set<String> dataLabels = new TreeSet<>();
  private @Nullable Iterator<StoredSeries> results;

  public InfoJoin(QueryRun run, Inputs inputs, int steps) {
    this.run = run;
    this.in = inputs;
    this.steps = steps;
    for (Matcher m : inputs.dataMatchers()) {
      dataLabels.add(m.name());
    }
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
    all.next().copyTo(into);
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }

  private boolean isInfoName(String name) {
    for (Matcher m : in.nameMatchers()) {
      if (!m.matches(name)) {
        return false;
      }
    }
    return true;
  }

  private Iterator<StoredSeries> compute() {
    List<StoredSeries> bases = Materialized.all(run, in.base(), steps);
    Map<Labels, List<Source>> sources = sources(identities(bases));
    checkUnique(bases, sources);
    boolean emptyFits = in.dataMatchers().stream().allMatch(Matcher::matchesEmpty);
    List<StoredSeries> out = new ArrayList<>();
    DuplicateLabels duplicates = new DuplicateLabels(run.memory());
    for (StoredSeries base : bases) {
      run.check();
      if (isInfoName(base.labels().metricName())) {
        out.add(base);
        continue;
      }
      List<Source> candidates = sources.getOrDefault(key(base.labels()), List.of());
      Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
      for (int i = 0; i < steps; i++) {
        if (!base.has(i)) {
          continue;
        }
        Labels labels = join(base, candidates, i, emptyFits);
        if (labels != null) {
          byLabels
              .computeIfAbsent(labels, l -> series(l, base.dropsName()))
              .set(i, base.value(i), base.histogram(i));
        }
      }
      for (StepSeries s : byLabels.values()) {
        if (!run.delaysNames()) {
          duplicates.checkSteps(s);
        }
        out.add(run.store(s));
        run.releaseBuffer(steps);
      }
    }
    return out.iterator();
  }

  /// The values of the identifying labels of the base series, keyed by which of these labels a
  /// series has. An info series to join has the same labels with some of these values.
  private Map<List<Boolean>, List<Set<String>>> identities(List<StoredSeries> bases) {
    Map<List<Boolean>, List<Set<String>>> out = new HashMap<>();
    for (StoredSeries base : bases) {
      Labels labels = base.labels();
      List<Boolean> has = identity(labels);
      if (isInfoName(labels.metricName()) || !has.contains(true)) {
        continue;
      }
      List<Set<String>> values =
          out.computeIfAbsent(has, _ -> IDENTIFYING.stream().map(_ -> newSet()).toList());
      for (int k = 0; k < values.size(); k++) {
        values.get(k).add(labels.value(IDENTIFYING.get(k)));
      }
    }
    return out;
  }

  private static Set<String> newSet() {
    return new HashSet<>();
  }

  private static List<Boolean> identity(Labels labels) {
    return IDENTIFYING.stream().map(name -> !labels.value(name).isEmpty()).toList();
  }

  private static boolean fits(Labels labels, Map<List<Boolean>, List<Set<String>>> identities) {
    List<Set<String>> values = identities.get(identity(labels));
    if (values == null) {
      return false;
    }
    for (int k = 0; k < values.size(); k++) {
      if (!values.get(k).contains(labels.value(IDENTIFYING.get(k)))) {
        return false;
      }
    }
    return true;
  }

  /// Checks that of several series of one info metric one has the newest sample, at every step with
  /// anything to join.
  private void checkUnique(List<StoredSeries> bases, Map<Labels, List<Source>> sources) {
    long[] present = new long[(steps + 63) >> 6];
    for (StoredSeries base : bases) {
      base.markIn(present);
    }
    for (List<Source> group : sources.values()) {
      for (int i = 0; i < steps && group.size() > 1; i++) {
        if ((present[i >> 6] & (1L << i)) != 0) {
          newest(group, i);
        }
      }
    }
  }

  private StepSeries series(Labels labels, boolean dropsName) {
    StepSeries s = run.buffer(steps);
    s.reset(labels);
    s.dropsName(dropsName);
    return s;
  }

  private Map<Labels, List<Source>> sources(Map<List<Boolean>, List<Set<String>>> identities) {
    if (identities.isEmpty()) {
      return Map.of();
    }
    Map<Labels, StoredSeries> times = new HashMap<>();
    for (StoredSeries s : Materialized.all(run, in.infoTimes(), steps)) {
      times.put(s.labels(), s);
    }
    Map<Labels, List<Source>> out = new LinkedHashMap<>();
    for (StoredSeries s : Materialized.all(run, in.info(), steps)) {
      StoredSeries t = times.get(s.labels());
      if (t != null && fits(s.labels(), identities)) {
        if (s.hasHistograms()) {
          throw new EvaluationException.Failed(
              "this should be an info metric, with float samples: " + s.labels());
        }
        out.computeIfAbsent(key(s.labels()), _ -> new ArrayList<>())
            .add(new Source(s.labels(), s, t));
      }
    }
    return out;
  }

  private static Labels key(Labels labels) {
    LabelsBuilder b = new LabelsBuilder(2);
    for (String name : IDENTIFYING) {
      b.add(name, labels.value(name));
    }
    return b.build();
  }

  /// The newest series of each info metric at a step.
  private static Map<String, Source> newest(List<Source> candidates, int step) {
    Map<String, Source> newest = new LinkedHashMap<>();
    for (Source s : candidates) {
      if (!s.values().has(step)) {
        continue;
      }
      Source other = newest.putIfAbsent(s.labels().metricName(), s);
      if (other == null) {
        continue;
      }
      if (s.millis(step) == other.millis(step)) {
        throw new EvaluationException.Failed(
            "found duplicate series for info metric: existing "
                + other.text(step)
                + ", new "
                + s.text(step));
      }
      if (s.millis(step) > other.millis(step)) {
        newest.put(s.labels().metricName(), s);
      }
    }
    return newest;
  }

  /// The labels of an element with the data labels added, or null where the element is dropped.
  private @Nullable Labels join(
      StoredSeries base, List<Source> candidates, int step, boolean emptyFits) {
    Map<String, Source> newest = newest(candidates, step);
    if (newest.isEmpty()) {
      return emptyFits ? base.labels() : null;
    }
    LabelsBuilder b = base.labels().toBuilder();
    Map<String, String> added = new HashMap<>();
    for (Source s : newest.values()) {
      Labels l = s.labels();
      for (int k = 0; k < l.size(); k++) {
        String name = l.name(k);
        boolean isSelected = dataLabels.isEmpty() || dataLabels.contains(name);
        if (name.equals(Labels.METRIC_NAME) || !isSelected || base.labels().has(name)) {
          continue;
        }
        String before = added.put(name, l.value(k));
        if (before != null && !before.equals(l.value(k))) {
          throw new EvaluationException.Failed("conflicting label: " + name);
        }
        b.set(name, l.value(k));
      }
    }
    return b.build();
  }
}
