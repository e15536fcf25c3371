package io.lamella.promql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The functions of the language. There is an enum for each kind that is compiled in the same way,
/// so that a switch over the kinds and their constants is exhaustive: a function without an
/// operator does not build.
public sealed interface Function
    permits ScalarFunction,
        FloatFunction,
        DateFunction,
        HistogramFunction,
        RangeVectorFunction,
        VectorFunction {
  Signature signature();

  /// The name in queries.
  default String text() {
    return signature().name();
  }

  /// Types of the arguments; of those beyond, the last one's.
  default List<ValueType> arguments() {
    return signature().arguments();
  }

  /// As [Signature#variadic].
  default int variadic() {
    return signature().variadic();
  }

  default boolean isExperimental() {
    return signature().isExperimental();
  }

  default ValueType returns() {
    return this instanceof ScalarFunction ? ValueType.SCALAR : ValueType.VECTOR;
  }

  /// All functions, sorted by name.
  static List<Function> values() {
    return FunctionTable.ALL;
  }

  /// The function with this name in queries, null where there is none.
  static @Nullable Function named(String name) {
    return FunctionTable.BY_NAME.get(name);
  }
}
