package io.lamella.promql.ast;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The functions of all kinds, in a list and by name.
final class FunctionTable {
  static final List<Function> ALL =
      Stream.<Function[]>of(
              ScalarFunction.values(),
              FloatFunction.values(),
              DateFunction.values(),
              HistogramFunction.values(),
              RangeVectorFunction.values(),
              VectorFunction.values())
          .flatMap(Stream::of)
          .sorted(Comparator.comparing(Function::text))
          .toList();

  static final Map<String, Function> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Function::text, f -> f));

  private FunctionTable() {}
}
