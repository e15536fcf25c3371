package io.lamella.gateway.association;

/// A lookup that has a name: from a value of one label to the values of another label that are on
/// the same series.
///
/// @param type its name
public record Association(String type, PairedLabels labels, Direction direction) {
  /// Which of the two labels is given.
  public enum Direction {
    /// The first one; the second is found.
    FORWARD,
    /// The second one; the first is found.
    INVERSE
  }

  /// The label whose values are given.
  public String from() {
    return switch (direction) {
      case FORWARD -> labels.first();
      case INVERSE -> labels.second();
    };
  }

  /// The label whose values are found.
  public String to() {
    return switch (direction) {
      case FORWARD -> labels.second();
      case INVERSE -> labels.first();
    };
  }

  /// The same labels the other way round.
  public Association inverse(String name) {
    return new Association(
        name,
        labels,
        switch (direction) {
          case FORWARD -> Direction.INVERSE;
          case INVERSE -> Direction.FORWARD;
        });
  }
}
