package io.lamella.promql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.ParseException;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.SmallParts;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Function;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The project's own conformance scripts, below `conformance/` of the test resources: the results
/// are those that Prometheus' engine gave over the same samples.
class ConformanceTest {
  private static final List<String> MODIFIERS =
      List.of(
          " offset ",
          " offset -",
          "@ start()",
          "@ end()",
          "@ 100",
          "] anchored",
          "] smoothed",
          " smoothed",
          " by (",
          " without (",
          " on(",
          " on()",
          " ignoring(",
          " group_left",
          " group_left(team)",
          " group_right",
          " group_right(team)",
          " fill(",
          " fill_left(",
          " fill_right(",
          " bool ",
          "step()",
          "range()",
          "[max_of(",
          "[min_of(",
          ":]",
          ":30s]");

  private static final PromqlEngine ENGINE = new PromqlEngine(PromqltestRunner.options());
  private static final PromqlEngine THREADED =
      new PromqlEngine(PromqltestRunner.options(), SmallParts.workers());

  /// The evals by script pass as the script language compares them, in every variant.
  @TestFactory
  Stream<DynamicTest> everyEvalHasTheResultOfPrometheus() throws IOException {
    return scripts()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> {
                  PromqltestRunner.ScriptResult o =
                      new PromqltestRunner(new MemoryStorage(), ENGINE)
                          .run(file.getFileName().toString(), Files.readString(file));
                  assertEquals("", text(o.failures()));
                }));
  }

  /// The evals by script once more, compared to the last bit: -0 is not 0, and annotations that are
  /// not expected must not come.
  @TestFactory
  Stream<DynamicTest> everyEvalHasTheVeryBitsAndAnnotationsOfPrometheus() throws IOException {
    return scripts()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> assertEquals("", text(new ExactRun(ENGINE).run(parse(file))))));
  }

  /// The same where several threads evaluate two series each at a time.
  @TestFactory
  Stream<DynamicTest> everyEvalHasTheVeryBitsAndAnnotationsOnSeveralThreads() throws IOException {
    return scripts()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> assertEquals("", text(new ExactRun(THREADED).run(parse(file))))));
  }

  @Test
  void invalidQueriesHaveTheErrorOfPrometheus() throws IOException {
    List<String> different = new ArrayList<>();
    int count = 0;
    String query = "";
    for (String line : Files.readAllLines(folder().resolve("parse_errors.txt"))) {
      if (line.startsWith("  ")) {
        count++;
        String error = parseError(query);
        if (!error.equals(line.substring(2))) {
          different.add(query + "\n  expected " + line.substring(2) + "\n  actual   " + error);
        }
      } else {
        query = line;
      }
    }
    assertEquals("", String.join("\n", different));
    assertTrue(count >= 100, count + " parse errors");
  }

  @Test
  void thereAreAtLeastAThousandEvalsAndFewHaveEmptyResults() throws IOException {
    List<Script.Eval> evals = evals();
    assertTrue(evals.size() >= 1_000, evals.size() + " evals");
    long empty = evals.stream().filter(e -> isEmpty(e.expectations())).count();
    assertTrue(empty * 10 < evals.size(), empty + " of " + evals.size() + " evals are empty");
  }

  @Test
  void everyFunctionAggregationAndOperatorOccurs() throws IOException {
    Set<Function> functions = new HashSet<>(Function.values());
    Set<AggregateOp> aggregations = EnumSet.allOf(AggregateOp.class);
    Set<BinaryOp> operators = EnumSet.allOf(BinaryOp.class);
    for (Script.Eval eval : evals()) {
      if (isEmpty(eval.expectations()) || eval.expectations().failure().isPresent()) {
        continue;
      }
      for (Expr e : nodes(ENGINE.parse(eval.query()), new ArrayList<>())) {
        switch (e) {
          case Expr.Call c -> functions.remove(c.function());
          case Expr.Aggregation a -> aggregations.remove(a.op());
          case Expr.Binary b -> operators.remove(b.op());
          case Expr.Paren _,
              Expr.Unary _,
              Expr.Subquery _,
              Expr.MatrixSelector _,
              Expr.VectorSelector _,
              Expr.NumberLiteral _,
              Expr.StringLiteral _ -> {}
        }
      }
    }
    assertEquals(Set.of(), functions);
    assertEquals(Set.of(), aggregations);
    assertEquals(Set.of(), operators);
  }

  @Test
  void everyModifierOccurs() throws IOException {
    List<String> queries = evals().stream().map(Script.Eval::query).toList();
    List<String> missing =
        MODIFIERS.stream().filter(m -> queries.stream().noneMatch(q -> q.contains(m))).toList();
    assertEquals(List.of(), missing);
  }

  private static List<Expr> nodes(Expr e, List<Expr> out) {
    out.add(e);
    switch (e) {
      case Expr.Paren p -> nodes(p.inner(), out);
      case Expr.Unary u -> nodes(u.inner(), out);
      case Expr.Binary b -> {
        nodes(b.left(), out);
        nodes(b.right(), out);
      }
      case Expr.Aggregation a -> {
        if (a.param() != null) {
          nodes(a.param(), out);
        }
        nodes(a.inner(), out);
      }
      case Expr.Call c -> c.args().forEach(arg -> nodes(arg, out));
      case Expr.Subquery s -> nodes(s.inner(), out);
      case Expr.MatrixSelector m -> out.add(m.selector());
      case Expr.VectorSelector _, Expr.NumberLiteral _, Expr.StringLiteral _ -> {}
    }
    return out;
  }

  private static boolean isEmpty(Script.Expectations e) {
    return e.failure().isEmpty()
        && e.scalar().isEmpty()
        && e.string().isEmpty()
        && e.series().isEmpty();
  }

  private static String parseError(String query) {
    try {
      return "parses: " + ENGINE.parse(query);
    } catch (ParseException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static List<Script.Eval> evals() throws IOException {
    List<Script.Eval> out = new ArrayList<>();
    for (Path file : scripts().toList()) {
      for (Script.Command c : parse(file).commands()) {
        if (c instanceof Script.Eval e) {
          out.add(e);
        }
      }
    }
    return out;
  }

  private static Script parse(Path file) throws IOException {
    return ScriptParser.parse(file.getFileName().toString(), Files.readString(file), ENGINE);
  }

  private static String text(List<PromqltestRunner.EvalFailure> failures) {
    return String.join("\n", failures.stream().map(Object::toString).toList());
  }

  private static Stream<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(f -> f.toString().endsWith(".test")).sorted().toList().stream();
    }
  }

  private static Path folder() {
    try {
      return Path.of(
          Objects.requireNonNull(ConformanceTest.class.getResource("/conformance")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
