package io.lamella.model;

/// A condition on one label: `name="value"`, `!=`, `=~`, `!~`. An absent label has the empty value
/// for all four.
///
/// Regular expressions are RE2, anchored at both ends, and `.` matches a newline. Equal matchers
/// are equal by type, name and text. Thread-safe.
public final class Matcher {
  /// The four operators.
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String operator;

    Type(String operator) {
      this.operator = operator;
    }

    public String operator() {
      return operator;
    }

    public boolean isNegative() {
      return this == NOT_EQUAL || this == NOT_REGEX;
    }
  }

  private final Type type;
  private final String name;
  private final String value;
  private final StringTest test;

  private Matcher(Type type, String name, String value, StringTest test) {
    this.type = type;
    this.name = name;
    this.value = value;
    this.test = test;
  }

  /// @throws InvalidRegexException where a regular expression is malformed
  public static Matcher of(Type type, String name, String value) {
    StringTest test =
        switch (type) {
          case EQUAL, NOT_EQUAL -> new StringTest.OneOf(java.util.Set.of(value));
          case REGEX, NOT_REGEX -> RegexTest.compile(value);
        };
    return new Matcher(type, name, value, test);
  }

  public static Matcher equal(String name, String value) {
    return of(Type.EQUAL, name, value);
  }

  public Type type() {
    return type;
  }

  public String name() {
    return name;
  }

  /// The text as written: a literal or a regular expression.
  public String value() {
    return value;
  }

  /// The condition on the value, before a negative type negates it.
  public StringTest test() {
    return test;
  }

  /// The bytes of memory that the compiled value of a matcher takes, at most.
  ///
  /// @throws InvalidRegexException where the value is beyond the limits of regular expressions
  public static long programBytes(Type type, String value) {
    return switch (type) {
      case EQUAL, NOT_EQUAL -> 0;
      case REGEX, NOT_REGEX -> RegexTest.isPlain(value) ? 0 : Regex.programBytes(value);
    };
  }

  /// True where a label with this value satisfies the matcher; the empty string stands for an
  /// absent label.
  public boolean matches(String labelValue) {
    return test.matches(labelValue) != type.isNegative();
  }

  public boolean matchesEmpty() {
    return matches("");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Matcher m && type == m.type && name.equals(m.name) && value.equals(m.value);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * type.hashCode() + name.hashCode()) + value.hashCode();
  }

  @Override
  public String toString() {
    String shown = Labels.isIdentifier(name) ? name : GoQuote.quote(name);
    return shown + type.operator() + GoQuote.quote(value);
  }
}
