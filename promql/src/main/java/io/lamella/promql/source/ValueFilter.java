package io.lamella.promql.source;

/// A comparison of every float sample with a number. Samples for which it does not hold do not
/// affect the result, except that the latest sample in a window hides those before it.
public record ValueFilter(Comparison comparison, double number) {
  /// The comparison of a sample with the number.
  public enum Comparison {
    EQUAL("=="),
    NOT_EQUAL("!="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    LESS("<"),
    LESS_OR_EQUAL("<=");

    private final String text;

    Comparison(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// True where the comparison may hold for a value from `min` to `max`, both included; neither is
  /// NaN.
  public boolean mayHold(double min, double max) {
    return switch (comparison) {
      case EQUAL -> min <= number && number <= max;
      case NOT_EQUAL -> !(min == number && max == number);
      case GREATER -> max > number;
      case GREATER_OR_EQUAL -> max >= number;
      case LESS -> min < number;
      case LESS_OR_EQUAL -> min <= number;
    };
  }
}
