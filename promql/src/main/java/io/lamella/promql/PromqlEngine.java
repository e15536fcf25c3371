package io.lamella.promql;

import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.PrettyPrinter;
import io.lamella.promql.ast.TextTooLong;
import io.lamella.promql.ast.TreeJson;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.compile.Compiler;
import io.lamella.promql.compile.ConsumerHints;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.EvaluationSettings;
import io.lamella.promql.exec.MergedSeries;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.exec.selector.SelectionPool;
import io.lamella.promql.parse.Parser;
import io.lamella.promql.parse.SyntaxError;
import io.lamella.promql.plan.InvalidDurationException;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;

/// Evaluates PromQL over a [SeriesSource]: the whole language of Prometheus 3.15.
///
/// Immutable and thread-safe; each query runs on the calling thread, or on one with a larger stack
/// while the calling thread waits. Workers may help it to evaluate many series. Interrupting the
/// calling thread ends the query with [QueryException.Cancelled].
public final class PromqlEngine {
  private final EngineOptions options;
  private final Workers workers;

  /// An engine that evaluates a query on one thread.
  public PromqlEngine(EngineOptions options) {
    this(options, Workers.NONE);
  }

  /// @param workers threads that share the evaluation of queries over many series; results and
  ///   failures are the same, in every bit
  public PromqlEngine(EngineOptions options, Workers workers) {
    this.options = options;
    this.workers = workers;
  }

  public EngineOptions options() {
    return options;
  }

  /// The syntax tree of a query, type-checked.
  ///
  /// @throws ParseException where it is not valid
  public Expr parse(String query) {
    return parse(query, MemoryAccount.UNLIMITED);
  }

  /// The syntax tree of a query, type-checked.
  ///
  /// @param memory for its regular expressions; it stays reserved
  /// @throws ParseException where it is not valid
  public Expr parse(String query, MemoryAccount memory) {
    return DeepStack.run(query, () -> parseHere(query, memory::reserve));
  }

  private Expr parseHere(String query, LongConsumer regexMemory) {
    try {
      return Parser.parse(query, options.features(), regexMemory);
    } catch (SyntaxError e) {
      QueryText text = new QueryText(query);
      int at = e.position();
      throw at < 0
          ? new ParseException(0, 0, e.text())
          : new ParseException(text.line(at), text.column(at), e.text());
    }
  }

  /// The formatted query: canonical, and broken into lines where it is wider than 100 columns.
  ///
  /// @param memory for its regular expressions while this runs
  /// @throws QueryException.BadQuery where it is not valid, or the text would be too long
  public String format(String query, MemoryAccount memory) {
    return text(query, memory, PrettyPrinter::print);
  }

  /// The syntax tree of a query as JSON.
  ///
  /// @param memory for its regular expressions while this runs
  /// @throws QueryException.BadQuery where it is not valid, or the text would be too long
  public String syntaxTree(String query, MemoryAccount memory) {
    return text(query, memory, TreeJson::of);
  }

  private String text(String query, MemoryAccount memory, Function<Expr, String> writer) {
    try (CountedMemory regexes = new CountedMemory(memory)) {
      return DeepStack.run(query, () -> writer.apply(parseHere(query, regexes::reserve)));
    } catch (TextTooLong e) {
      throw new QueryException.BadQuery(String.valueOf(e.getMessage()));
    }
  }

  /// Evaluates at one moment.
  ///
  /// @throws QueryException where there is no result; its kind is the reason
  public QueryResult instant(
      SeriesSource source, String query, long timeMillis, QueryLimits limits) {
    return evaluate(source, query, new EvaluationSettings.Times(timeMillis, timeMillis, 0), limits);
  }

  /// Evaluates at `start`, `start + step`, … up to `end` inclusive.
  ///
  /// @throws QueryException where there is no result; its kind is the reason
  public QueryResult range(
      SeriesSource source,
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      QueryLimits limits) {
    if (stepMillis <= 0) {
      throw new QueryException.BadQuery(
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if (endMillis < startMillis) {
      throw new QueryException.BadQuery("end timestamp must not be before start time");
    }
    return evaluate(
        source, query, new EvaluationSettings.Times(startMillis, endMillis, stepMillis), limits);
  }

  /// Evaluates instant vectors at the same times in one pass: what several of them select is
  /// fetched once. `start()`, `end()` and `range()` are those of the first and the last time.
  ///
  /// @param expressions of type instant vector, with regular expressions that are accounted for
  /// @param sink takes the series of each expression, in no particular order of expressions
  /// @throws QueryException where one of the expressions has no result; its kind is the reason
  public QueryStatistics series(
      SeriesSource source,
      List<Expr> expressions,
      StepTimes times,
      QueryLimits limits,
      SeriesSink sink) {
    long begin = System.nanoTime();
    EvaluationSettings settings =
        settings(
            new EvaluationSettings.Times(times.first(), times.endMillis(), times.stepMillis()),
            limits,
            begin);
    return DeepStack.run(
        expressions.stream().map(Expr::toString).toList(),
        () -> {
          try (QueryRun run = new QueryRun(source, settings)) {
            seriesHere(run, expressions, times, sink);
            return new QueryStatistics(
                run.totalSamples(),
                run.peakSamples(),
                Duration.ZERO,
                Duration.ofNanos(System.nanoTime() - begin));
          } catch (InvalidDurationException e) {
            throw new QueryException.Execution(e.text(), e);
          } catch (EvaluationException e) {
            throw failure(e);
          }
        });
  }

  private static void seriesHere(
      QueryRun run, List<Expr> expressions, StepTimes times, SeriesSink sink) {
    Steps.Listing listing = run.listing(times.stepMillis());
    for (int i = 0; i < times.count(); i++) {
      listing.add(times.time(i));
    }
    Steps steps = listing.steps();
    SelectionPool pool = SelectionPool.ofSeveral(run);
    List<Compiler> compilers = new ArrayList<>();
    List<SeriesOperator> operators = new ArrayList<>();
    for (Expr e : expressions) {
      Compiler compiler = new Compiler(run, pool);
      compilers.add(compiler);
      SeriesOperator operator = compiler.vector(e, steps, ConsumerHints.ALL);
      operators.add(new MergedSeries(run, operator, steps.count()));
    }
    StepSeries buffer = run.buffer(steps.count());
    for (int e = 0; e < operators.size(); e++) {
      while (operators.get(e).next(buffer)) {
        run.tick();
        if (!buffer.isEmpty()) {
          sink.series(e, buffer);
        }
      }
      compilers.get(e).finish();
    }
  }

  private QueryResult evaluate(
      SeriesSource source, String query, EvaluationSettings.Times times, QueryLimits limits) {
    try (CountedMemory regexes = new CountedMemory(limits.memory())) {
      return DeepStack.run(
          query,
          () -> {
            long begin = System.nanoTime();
            Expr expr = parseHere(query, regexes::reserve);
            return evaluateHere(source, new ParsedQuery(query, expr, begin), times, limits);
          });
    }
  }

  /// @param begin when parsing began
  private record ParsedQuery(String text, Expr expr, long begin) {}

  private QueryResult evaluateHere(
      SeriesSource source, ParsedQuery query, EvaluationSettings.Times times, QueryLimits limits) {
    long begin = query.begin();
    Expr expr = query.expr();
    long parsed = System.nanoTime();
    if (times.stepMillis() > 0
        && expr.type() != ValueType.VECTOR
        && expr.type() != ValueType.SCALAR) {
      throw new QueryException.BadQuery(
          "invalid expression type \""
              + expr.type().documented()
              + "\" for range query, must be Scalar or instant Vector");
    }
    EvaluationSettings settings = settings(times, limits, begin);
    QueryText text = new QueryText(query.text());
    try (QueryRun run = new QueryRun(source, settings)) {
      Value value = new ResultCollector(run, new Compiler(run)).collect(expr);
      long done = System.nanoTime();
      List<String> warnings = run.annotations().warnings(text::place);
      List<String> infos = run.annotations().infos(text::place);
      run.succeed();
      return new QueryResult(
          value,
          warnings,
          infos,
          new QueryStatistics(
              run.totalSamples(),
              run.peakSamples(),
              Duration.ofNanos(parsed - begin),
              Duration.ofNanos(done - parsed)));
    } catch (InvalidDurationException e) {
      throw new QueryException.Execution(
          text.byteOffset(e.place().start())
              + ":"
              + text.byteOffset(e.place().end())
              + ": "
              + e.text(),
          e);
    } catch (EvaluationException e) {
      throw failure(e);
    }
  }

  private EvaluationSettings settings(
      EvaluationSettings.Times times, QueryLimits limits, long begin) {
    Duration timeout = limits.timeout().orElse(options.timeout());
    return new EvaluationSettings(
        times,
        limits.lookback().orElse(options.lookback()).toMillis(),
        options.subqueryStep().toMillis(),
        new EvaluationSettings.Limits(
            begin + timeout.toNanos(),
            Math.min(options.maxSamples(), limits.maxSamples().orElse(Long.MAX_VALUE)),
            account(limits.memory())),
        options.features(),
        workers);
  }

  private static QueryMemory.Account account(MemoryAccount memory) {
    return new QueryMemory.Account() {
      @Override
      public void reserve(long bytes) {
        memory.reserve(bytes);
      }

      @Override
      public boolean tryReserve(long bytes) {
        return memory.tryReserve(bytes);
      }

      @Override
      public void release(long bytes) {
        memory.release(bytes);
      }
    };
  }

  private static QueryException failure(EvaluationException e) {
    return switch (e) {
      case EvaluationException.Failed f -> new QueryException.Execution(f.text(), f);
      case EvaluationException.TooManySamples m ->
          new QueryException.TooExpensive(m.text(), m.limit(), m.actual(), m);
      case EvaluationException.DeadlineExceeded t -> new QueryException.TimedOut(t.text(), t);
      case EvaluationException.Interrupted c -> new QueryException.Cancelled(c.text(), c);
    };
  }
}
