package io.lamella.gateway.association;

import io.lamella.model.Matcher;
import java.util.List;

/// Two labels of some series. An association and its inverse read the same.
///
/// @param series that have both labels
public record PairedLabels(List<Matcher> series, String first, String second) {
  public PairedLabels {
    series = List.copyOf(series);
    if (first.isEmpty() || second.isEmpty() || first.equals(second)) {
      throw new IllegalArgumentException(
          "cannot pair label \"" + first + "\" with \"" + second + "\"");
    }
  }
}
