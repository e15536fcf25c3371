package io.lamella.model;

import java.util.Set;

/// A test of label values in a form that a query planner can use: an exact set, a prefix, or only a
/// predicate.
public sealed interface StringTest {
  boolean matches(String value);

  /// Exactly these values.
  record OneOf(Set<String> values) implements StringTest {
    public OneOf {
      values = Set.copyOf(values);
    }

    @Override
    public boolean matches(String value) {
      return values.contains(value);
    }
  }

  /// Every value with this prefix; the empty prefix means every value.
  record Prefix(String prefix) implements StringTest {
    @Override
    public boolean matches(String value) {
      return value.startsWith(prefix);
    }
  }

  /// Every value but the empty one.
  record NotEmpty() implements StringTest {
    @Override
    public boolean matches(String value) {
      return !value.isEmpty();
    }
  }

  /// A regular expression whose matches all start with `prefix` (perhaps empty).
  final class Pattern implements StringTest {
    private final String prefix;
    private final Regex regex;

    Pattern(String prefix, Regex regex) {
      this.prefix = prefix;
      this.regex = regex;
    }

    public String prefix() {
      return prefix;
    }

    @Override
    public boolean matches(String value) {
      return value.startsWith(prefix) && regex.matches(value);
    }
  }
}
