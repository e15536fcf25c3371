package io.lamella.promql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The vector matching of a binary operator: `on` or `ignoring` labels, which side may have many,
/// the labels to copy from the "one" side, and the values that replace a missing element.
///
/// @param fillLeft the value of a missing left element, null for none; likewise right
public record VectorMatching(
    Cardinality cardinality,
    boolean on,
    List<String> labels,
    List<String> include,
    @Nullable Double fillLeft,
    @Nullable Double fillRight) {
  /// Which side may have several elements for one match.
  public enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    MANY_TO_ONE("many-to-one"),
    ONE_TO_MANY("one-to-many"),
    MANY_TO_MANY("many-to-many");

    private final String text;

    Cardinality(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }

  public boolean fills() {
    return fillLeft != null || fillRight != null;
  }

  VectorMatching withCardinality(Cardinality c) {
    return new VectorMatching(c, on, labels, include, fillLeft, fillRight);
  }
}
