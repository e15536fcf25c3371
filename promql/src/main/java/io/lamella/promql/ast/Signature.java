package io.lamella.promql.ast;

import java.util.List;

/// How a function is written: its name and the types of its arguments.
///
/// @param variadic 0: exactly these arguments; n > 0: the last one is optional and may come up to n
///   times; -1: the last one may come any number of times or not at all
/// @param isExperimental whether the function must be enabled first
public record Signature(
    String name, List<ValueType> arguments, int variadic, boolean isExperimental) {
  public Signature {
    arguments = List.copyOf(arguments);
  }

  /// A stable function of a fixed number of arguments.
  ///
  /// @param arguments a letter each: v instant vector, r range vector, s scalar, t string
  static Signature of(String name, String arguments) {
    return new Signature(name, arguments.chars().mapToObj(c -> type((char) c)).toList(), 0, false);
  }

  Signature variadic(int count) {
    return new Signature(name, arguments, count, isExperimental);
  }

  Signature experimental() {
    return new Signature(name, arguments, variadic, true);
  }

  private static ValueType type(char letter) {
    return switch (letter) {
      case 'v' -> ValueType.VECTOR;
      case 'r' -> ValueType.MATRIX;
      case 's' -> ValueType.SCALAR;
      case 't' -> ValueType.STRING;
      default -> throw new IllegalArgumentException("unknown argument type: " + letter);
    };
  }
}
