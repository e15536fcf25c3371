package io.lamella.promql;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.compile.Compiler;
import io.lamella.promql.compile.ConsumerHints;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationSettings;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.RangeSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Collects the output of the topmost operator into a result: removes names whose removal was
/// delayed, merges series with equal labels, sorts matrices.
final class ResultCollector {
  private static final int SAMPLE_BYTES = 80;
  private static final int SERIES_BYTES = 120;
  private static final int SET_ENTRY_BYTES = 64;

  private final QueryRun run;
  private final Compiler compiler;
  private final EvaluationSettings settings;

  ResultCollector(QueryRun run, Compiler compiler) {
    this.run = run;
    this.compiler = compiler;
    this.settings = run.settings();
  }

  Value collect(Expr e) {
    Value value = run.isInstant() ? instant(e) : range(e);
    compiler.finish();
    return value;
  }

  private Value instant(Expr e) {
    long t = settings.startMillis();
    Steps steps = Steps.once(t);
    return switch (e.type()) {
      case STRING ->
          new Value.Text(t, Expr.unwrap(e) instanceof Expr.StringLiteral s ? s.value() : "");
      case SCALAR -> new Value.Scalar(t, compiler.scalar(e, steps).values()[0]);
      case VECTOR -> vector(compiler.vector(e, steps, ConsumerHints.ALL), t);
      case MATRIX -> windows(e, steps);
    };
  }

  private Value vector(SeriesOperator from, long timeMillis) {
    List<VectorSample> out = new ArrayList<>();
    Set<Labels> seen = new HashSet<>();
    StepSeries s = run.buffer(1);
    while (from.next(s)) {
      run.tick();
      if (!s.has(0)) {
        continue;
      }
      Labels labels = finalLabels(s.labels(), s.dropsName());
      if (!seen.add(labels)) {
        throw DuplicateLabels.failure();
      }
      run.hold(1);
      Histogram h = s.histogram(0);
      run.memory().hold(SET_ENTRY_BYTES);
      run.memory()
          .holdResult(SAMPLE_BYTES + QueryMemory.of(labels) + (h == null ? 0 : QueryMemory.of(h)));
      out.add(new VectorSample(labels, timeMillis, s.values()[0], h));
    }
    return new Value.Vector(out);
  }

  private Labels finalLabels(Labels labels, boolean dropsName) {
    return dropsName && run.delaysNames() ? MetricNames.drop(labels) : labels;
  }

  /// The result of a range vector at the top of the query: the samples of its window.
  private Value windows(Expr e, Steps steps) {
    RangeOperator range = compiler.selectors().range(e, steps, ConsumerHints.ALL);
    long end = range.times().at(0);
    long start = end - range.widthMillis();
    RangeMode mode =
        Expr.unwrap(e) instanceof Expr.MatrixSelector m ? m.selector().mode() : RangeMode.PLAIN;
    Map<Labels, SampleColumns> out = new LinkedHashMap<>();
    RangeSeries s = new RangeSeries();
    while (range.next(s)) {
      run.check();
      SampleColumns columns = new SampleColumns(16);
      if (mode == RangeMode.PLAIN) {
        window(s, start, end, columns);
      } else {
        ExtendedRangeSamples.write(s, start, end, mode, settings.lookbackMillis(), columns);
      }
      if (columns.size() == 0) {
        continue;
      }
      run.hold(columns.size());
      holdResult(s.labels(), columns);
      if (out.putIfAbsent(finalLabels(s.labels(), s.dropsName()), columns) != null) {
        throw DuplicateLabels.failure();
      }
    }
    return matrix(out);
  }

  private void holdResult(Labels labels, SampleColumns columns) {
    run.memory().holdResult(SERIES_BYTES + QueryMemory.of(labels) + QueryMemory.of(columns));
  }

  private static void window(RangeSeries s, long start, long end, SampleColumns into) {
    int f = 0;
    int h = 0;
    while (f < s.floatCount() || h < s.histogramCount()) {
      boolean isFloat =
          h >= s.histogramCount()
              || f < s.floatCount() && s.floatTimes()[f] < s.histogramTimes()[h];
      long t = isFloat ? s.floatTimes()[f] : s.histogramTimes()[h];
      if (t > start && t <= end) {
        if (isFloat) {
          into.add(t, s.floats()[f]);
        } else {
          into.add(t, s.histograms()[h]);
        }
      }
      if (isFloat) {
        f++;
      } else {
        h++;
      }
    }
  }

  private Value range(Expr e) {
    Steps steps = run.steps(settings.startMillis(), settings.endMillis(), settings.stepMillis());
    Map<Labels, SampleColumns> out = new LinkedHashMap<>();
    if (e.type() == ValueType.SCALAR) {
      ScalarOperator scalar = compiler.scalar(e, steps);
      run.hold(steps.count());
      run.memory().holdResult(SERIES_BYTES + 16L * steps.count());
      SampleColumns columns = new SampleColumns(steps.count());
      for (int i = 0; i < steps.count(); i++) {
        columns.add(steps.time(i), scalar.values()[i]);
      }
      out.put(Labels.EMPTY, columns);
      return matrix(out);
    }
    SeriesOperator from = compiler.vector(e, steps, ConsumerHints.ALL);
    StepSeries s = run.buffer(steps.count());
    run.memory().holdResult(8L * steps.count());
    long[] times = new long[steps.count()];
    for (int i = 0; i < times.length; i++) {
      times[i] = steps.time(i);
    }
    List<MatrixSeries> unique = new ArrayList<>();
    boolean isUnique = from.hasUniqueLabels() && !run.delaysNames();
    while (from.next(s)) {
      run.tick();
      int n = s.count();
      if (n == 0) {
        continue;
      }
      run.hold(n);
      SampleColumns columns = columns(s, n, times);
      holdResult(s.labels(), columns);
      if (isUnique) {
        unique.add(new MatrixSeries(s.labels(), columns));
        continue;
      }
      Labels labels = finalLabels(s.labels(), s.dropsName());
      SampleColumns before = out.get(labels);
      out.put(labels, before == null ? columns : merged(before, columns));
    }
    return isUnique ? sorted(unique) : matrix(out);
  }

  /// The `n` elements of a series as columns; series without gaps share the array of times.
  private static SampleColumns columns(StepSeries s, int n, long[] times) {
    double[] v = s.values();
    if (n == times.length && !s.hasHistograms()) {
      return SampleColumns.of(times, Arrays.copyOf(v, n));
    }
    SampleColumns out = new SampleColumns(n);
    for (int i = 0; i < times.length; i++) {
      if (s.has(i)) {
        Histogram h = s.histogram(i);
        if (h == null) {
          out.add(times[i], v[i]);
        } else {
          out.add(times[i], h);
        }
      }
    }
    return out;
  }

  private static SampleColumns merged(SampleColumns a, SampleColumns b) {
    SampleColumns out = new SampleColumns(a.size() + b.size());
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.times()[i] == b.times()[j]) {
        throw DuplicateLabels.failure();
      }
      if (j >= b.size() || i < a.size() && a.times()[i] < b.times()[j]) {
        out.addFrom(a, i++);
      } else {
        out.addFrom(b, j++);
      }
    }
    return out;
  }

  private static Value matrix(Map<Labels, SampleColumns> series) {
    List<MatrixSeries> out = new ArrayList<>();
    series.forEach((labels, columns) -> out.add(new MatrixSeries(labels, columns)));
    return sorted(out);
  }

  private static Value sorted(List<MatrixSeries> out) {
    out.sort(Comparator.comparing(MatrixSeries::labels));
    return new Value.Matrix(out);
  }
}
