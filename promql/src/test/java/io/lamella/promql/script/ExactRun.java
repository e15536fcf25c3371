package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.VectorSample;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Runs a script whose expectations are complete: every value to the last bit, every annotation.
/// That all expected series are there and in order is for [PromqltestRunner] to find.
final class ExactRun {
  private final PromqlEngine engine;
  private final List<PromqltestRunner.EvalFailure> failures = new ArrayList<>();

  ExactRun(PromqlEngine engine) {
    this.engine = engine;
  }

  List<PromqltestRunner.EvalFailure> run(Script script) {
    Map<Labels, SampleColumns> loaded = new TreeMap<>();
    @Nullable SeriesSource source = null;
    for (Script.Command command : script.commands()) {
      switch (command) {
        case Script.Clear _ -> loaded.clear();
        case Script.Load load -> {
          for (LoadedSeries s : load.series()) {
            if (loaded.put(s.labels(), s.samples()) != null) {
              throw new IllegalArgumentException(s.labels() + " is loaded twice");
            }
          }
          source = null;
        }
        case Script.Eval eval -> {
          if (source == null) {
            List<LoadedSeries> all = new ArrayList<>();
            loaded.forEach((labels, samples) -> all.add(new LoadedSeries(labels, samples)));
            source = new MemoryStorage().store(all);
          }
          String message = difference(eval, source);
          if (!message.isEmpty()) {
            failures.add(
                new PromqltestRunner.EvalFailure(
                    script.file(), eval.line(), eval.query(), message));
          }
        }
      }
    }
    return failures;
  }

  private String difference(Script.Eval eval, SeriesSource source) {
    Script.Expectations expected = eval.expectations();
    if (expected.failure().isPresent()) {
      return "";
    }
    QueryResult result;
    try {
      result =
          eval.isInstant()
              ? engine.instant(source, eval.query(), eval.startMillis(), QueryLimits.NONE)
              : engine.range(
                  source,
                  eval.query(),
                  eval.startMillis(),
                  eval.endMillis(),
                  eval.stepMillis(),
                  QueryLimits.NONE);
    } catch (QueryException e) {
      return "failed: " + e.getMessage();
    }
    String notes = annotations("warnings", expected.warnings(), result.warnings());
    if (notes.isEmpty()) {
      notes = annotations("infos", expected.infos(), result.infos());
    }
    return notes.isEmpty() ? value(expected, result.value()) : notes;
  }

  private static String annotations(
      String kind, List<Script.ExpectedText> expected, List<String> actual) {
    TreeSet<String> texts = new TreeSet<>();
    expected.forEach(t -> texts.add(t.show()));
    return texts.equals(new TreeSet<>(actual))
        ? ""
        : kind + ": expected " + texts + ", actual " + actual;
  }

  private static String value(Script.Expectations expected, Value actual) {
    Map<Labels, Script.ExpectedSeries> series = new HashMap<>();
    expected.series().forEach(s -> series.put(s.labels(), s));
    switch (actual) {
      case Value.Text _ -> {}
      case Value.Scalar s -> {
        return number(expected.scalar().orElseThrow(), s.value());
      }
      case Value.Vector v -> {
        for (VectorSample s : v.samples()) {
          Script.ExpectedSeries e = series.get(s.labels());
          String d =
              e == null ? "unexpected" : item(e.items().getFirst(), s.value(), s.histogram());
          if (!d.isEmpty()) {
            return s.labels() + ": " + d;
          }
        }
      }
      case Value.Matrix m -> {
        for (MatrixSeries s : m.series()) {
          Script.ExpectedSeries e = series.get(s.labels());
          List<Script.Item> items =
              e == null ? List.of() : e.items().stream().filter(i -> i != null).toList();
          if (items.size() != s.size()) {
            return s.labels() + ": expected " + items.size() + " samples, actual " + s.size();
          }
          for (int i = 0; i < s.size(); i++) {
            String d = item(items.get(i), s.values()[i], s.histogramAt(i));
            if (!d.isEmpty()) {
              return s.labels() + " at " + s.times()[i] + ": " + d;
            }
          }
        }
      }
    }
    return "";
  }

  private static String item(
      Script.@Nullable Item expected, double value, @Nullable Histogram histogram) {
    Histogram h = expected == null ? null : expected.histogram();
    if (expected == null || (h == null) != (histogram == null)) {
      return "a float and a histogram";
    }
    if (h == null || histogram == null) {
      return number(expected.value(), value);
    }
    Histogram a = new HistogramSum(h).toHistogram();
    Histogram b = new HistogramSum(histogram).toHistogram();
    boolean equal =
        h.counterReset() == histogram.counterReset()
            && a.schema() == b.schema()
            && a.zeroThreshold() == b.zeroThreshold()
            && a.positiveSpans().equals(b.positiveSpans())
            && a.negativeSpans().equals(b.negativeSpans())
            && Arrays.equals(a.customValues(), b.customValues())
            && (number(a.count(), b.count())
                    + number(a.sum() + 0.0, b.sum() + 0.0)
                    + number(a.zeroCount() + 0.0, b.zeroCount() + 0.0)
                    + numbers(a.positive(), b.positive())
                    + numbers(a.negative(), b.negative()))
                .isEmpty();
    return equal ? "" : "expected " + a + ", actual " + b;
  }

  private static String numbers(double[] expected, double[] actual) {
    for (int i = 0; i < expected.length; i++) {
      String d = i < actual.length ? number(expected[i], actual[i]) : "missing";
      if (!d.isEmpty()) {
        return d;
      }
    }
    return "";
  }

  private static String number(double expected, double actual) {
    boolean equal = Double.compare(expected, actual) == 0;
    return equal ? "" : "expected " + expected + ", actual " + actual;
  }
}
