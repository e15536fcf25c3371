package io.lamella.promql.script;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Runs scripts: loads, evaluates, compares. Of an instant eval it also evaluates variants that
/// must have the same values ([InstantVariants]).
public final class PromqltestRunner {
  /// An eval with another result than expected.
  public record EvalFailure(String file, int line, String query, String message) {
    @Override
    public String toString() {
      return file + ":" + line + ": " + query + "\n    " + message;
    }
  }

  /// The result of a script.
  public record ScriptResult(String file, int passed, List<EvalFailure> failures) {
    public ScriptResult {
      failures = List.copyOf(failures);
    }
  }

  private final ScriptStorage storage;
  private final PromqlEngine engine;

  /// @param storage receives the loaded series
  public PromqltestRunner(ScriptStorage storage) {
    this(storage, new PromqlEngine(options()));
  }

  public PromqltestRunner(ScriptStorage storage, PromqlEngine engine) {
    this.storage = storage;
    this.engine = engine;
  }

  /// The options that scripts are written for.
  public static EngineOptions options() {
    return new EngineOptions(
        Duration.ofMinutes(5),
        Duration.ofSeconds(100),
        10_000,
        Duration.ofMinutes(1),
        EnumSet.complementOf(EnumSet.of(Feature.TYPE_AND_UNIT_LABELS)));
  }

  /// @throws ScriptException where the script is malformed
  public ScriptResult run(String file, String text) {
    Script script = ScriptParser.parse(file, text, engine);
    Map<Labels, SampleColumns> loaded = new LinkedHashMap<>();
    @Nullable SeriesSource source = null;
    int passed = 0;
    List<EvalFailure> failures = new ArrayList<>();
    for (Script.Command command : script.commands()) {
      switch (command) {
        case Script.Clear _ -> {
          loaded.clear();
          source = null;
        }
        case Script.Load load -> {
          for (LoadedSeries s : load.series()) {
            loaded.merge(s.labels(), s.samples(), PromqltestRunner::append);
          }
          source = null;
        }
        case Script.Eval eval -> {
          if (source == null) {
            source = store(loaded);
          }
          String message = evaluate(eval, source);
          if (message.isEmpty()) {
            passed++;
          } else {
            failures.add(new EvalFailure(file, eval.line(), eval.query(), message));
          }
        }
      }
    }
    return new ScriptResult(file, passed, failures);
  }

  private SeriesSource store(Map<Labels, SampleColumns> loaded) {
    List<LoadedSeries> all = new ArrayList<>();
    loaded.forEach((labels, samples) -> all.add(new LoadedSeries(labels, samples)));
    return storage.store(all);
  }

  private static SampleColumns append(SampleColumns before, SampleColumns more) {
    SampleColumns out = new SampleColumns(before.size() + more.size());
    for (int i = 0; i < before.size(); i++) {
      out.addFrom(before, i);
    }
    for (int i = 0; i < more.size(); i++) {
      out.addFrom(more, i);
    }
    return out;
  }

  private String evaluate(Script.Eval eval, SeriesSource source) {
    String message = compare(eval, source, EvalCheck::check);
    if (!message.isEmpty() || !eval.isInstant()) {
      return message;
    }
    InstantVariants variants = new InstantVariants(eval, engine.parse(eval.query()));
    message = variants.holdsInRange() ? inRange(eval, source) : "";
    for (Script.Eval pinned : variants.pinned()) {
      if (message.isEmpty()) {
        message = prefixed("at " + pinned.startMillis() + " ms: ", pinned, values(pinned, source));
      }
      if (message.isEmpty() && variants.holdsInRange()) {
        message = inRange(pinned, source);
      }
    }
    return message;
  }

  private static String prefixed(String how, Script.Eval eval, String message) {
    return message.isEmpty() ? "" : how + eval.query() + ": " + message;
  }

  private String values(Script.Eval eval, SeriesSource source) {
    return compare(eval, source, (check, result) -> check.value(result.value()));
  }

  /// The values must be the same in the middle of a range query; their order need not.
  private String inRange(Script.Eval instant, SeriesSource source) {
    Script.Eval range = InstantVariants.inRange(instant);
    boolean isScalar = instant.expectations().scalar().isPresent();
    String message =
        compare(
            range,
            source,
            (_, result) ->
                instant.expectations().ordered() || !(result.value() instanceof Value.Matrix m)
                    ? ""
                    : new EvalCheck(instant)
                        .value(InstantVariants.at(m, instant.startMillis(), isScalar)));
    return prefixed("in a range query around " + instant.startMillis() + " ms: ", range, message);
  }

  private String compare(
      Script.Eval eval,
      SeriesSource source,
      BiFunction<EvalCheck, QueryResult, String> difference) {
    Optional<Script.ExpectedText> failure = eval.expectations().failure();
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
      String text = String.valueOf(e.getMessage());
      if (failure.isEmpty()) {
        return "failed: " + text;
      }
      return failure.get().fits(text)
          ? ""
          : "expected failure: " + failure.get().show() + ", actual " + text;
    }
    return failure.isPresent()
        ? "expected failure: " + failure.get().show() + ", actual a result"
        : difference.apply(new EvalCheck(eval), result);
  }
}
