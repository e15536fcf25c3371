package io.lamella.promql.exec.function;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.promql.QueryException;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.ArrayList;
import java.util.HashMap;
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

  /// What joins: the base vector, the info series with their values, and the times of their
  /// samples.
  ///
  /// @param nameMatchers those of the selector on `__name__`
  /// @param dataMatchers the others
  public record Inputs(
      SeriesOperator base,
      SeriesOperator info,
      SeriesOperator infoTimes,
      List<Matcher> nameMatchers,
      List<Matcher> dataMatchers) {}

  /// An info series with the times of its samples.
  private record Source(Labels labels, StepSeries values, StepSeries times) {}

  private final QueryRun run;
  private final Inputs in;
  private final int steps;
  private final Set<String> wanted = new TreeSet<>();
  private @Nullable Iterator<StepSeries> results;

  public InfoJoin(QueryRun run, Inputs inputs, int steps) {
    this.run = run;
    this.in = inputs;
    this.steps = steps;
    for (Matcher m : inputs.dataMatchers()) {
      wanted.add(m.name());
    }
  }

  @Override
  public boolean next(StepSeries into) {
    Iterator<StepSeries> all = results;
    if (all == null) {
      all = compute();
      results = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    into.copyFrom(all.next());
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

  private Iterator<StepSeries> compute() {
    Map<Labels, List<Source>> sources = sources();
    boolean emptyFits = in.dataMatchers().stream().allMatch(Matcher::matchesEmpty);
    List<StepSeries> out = new ArrayList<>();
    DuplicateLabels duplicates = new DuplicateLabels();
    for (StepSeries base : Materialized.all(run, in.base(), steps)) {
      run.check();
      if (isInfoName(base.labels().metricName())) {
        out.add(base);
        continue;
      }
      List<Source> candidates = candidates(base.labels(), sources);
      Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
      for (int i = 0; i < steps; i++) {
        if (!base.has(i)) {
          continue;
        }
        Labels labels = join(base, candidates, i, emptyFits);
        if (labels != null) {
          byLabels
              .computeIfAbsent(labels, l -> series(l, base.dropsName()))
              .set(i, base.values()[i], base.histogram(i));
        }
      }
      for (StepSeries s : byLabels.values()) {
        if (!run.delaysNames()) {
          duplicates.checkSteps(s);
        }
        out.add(s);
      }
    }
    return out.iterator();
  }

  private StepSeries series(Labels labels, boolean dropsName) {
    StepSeries s = new StepSeries(steps);
    s.reset(labels);
    s.dropsName(dropsName);
    return s;
  }

  private Map<Labels, List<Source>> sources() {
    Map<Labels, StepSeries> times = new HashMap<>();
    for (StepSeries s : Materialized.all(run, in.infoTimes(), steps)) {
      times.put(s.labels(), s);
    }
    Map<Labels, List<Source>> out = new HashMap<>();
    for (StepSeries s : Materialized.all(run, in.info(), steps)) {
      StepSeries t = times.get(s.labels());
      if (t != null) {
        if (s.hasHistograms()) {
          throw new QueryException.Execution(
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

  private static List<Source> candidates(Labels labels, Map<Labels, List<Source>> sources) {
    Labels key = key(labels);
    return key.isEmpty() ? List.of() : sources.getOrDefault(key, List.of());
  }

  /// The labels of an element with its data labels, or null where it is dropped.
  private @Nullable Labels join(
      StepSeries base, List<Source> candidates, int step, boolean emptyFits) {
    // Of several series of one info metric the newest sample counts.
    Map<String, Source> newest = new LinkedHashMap<>();
    for (Source s : candidates) {
      if (!s.values().has(step)) {
        continue;
      }
      String name = s.labels().metricName();
      Source other = newest.get(name);
      if (other == null || s.times().values()[step] > other.times().values()[step]) {
        newest.put(name, s);
      } else if (s.times().values()[step] == other.times().values()[step]) {
        throw new QueryException.Execution(
            "found duplicate series for info metric: existing "
                + other.labels()
                + ", new "
                + s.labels());
      }
    }
    if (newest.isEmpty()) {
      return emptyFits ? base.labels() : null;
    }
    LabelsBuilder b = base.labels().toBuilder();
    Map<String, String> added = new HashMap<>();
    for (Source s : newest.values()) {
      Labels l = s.labels();
      for (int k = 0; k < l.size(); k++) {
        String name = l.name(k);
        boolean asked = wanted.isEmpty() || wanted.contains(name);
        if (name.equals(Labels.METRIC_NAME) || !asked || base.labels().has(name)) {
          continue;
        }
        String before = added.put(name, l.value(k));
        if (before != null && !before.equals(l.value(k))) {
          throw new QueryException.Execution("conflicting label: " + name);
        }
        b.set(name, l.value(k));
      }
    }
    return b.build();
  }
}
