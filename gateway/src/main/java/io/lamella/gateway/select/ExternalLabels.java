package io.lamella.gateway.select;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A block's external labels: they stand on every series of it, and in the place of a series' own
/// label of that name.
final class ExternalLabels {
  private ExternalLabels() {}

  /// The matchers that a block's rows must still meet, or nothing where its external labels rule
  /// the block out.
  static Optional<List<Matcher>> remaining(Labels external, List<Matcher> matchers) {
    List<Matcher> out = new ArrayList<>();
    for (Matcher m : matchers) {
      if (!external.has(m.name())) {
        out.add(m);
      } else if (!m.matches(external.value(m.name()))) {
        return Optional.empty();
      }
    }
    return Optional.of(out);
  }

  static void putOn(Labels external, LabelsBuilder series) {
    for (int i = 0; i < external.size(); i++) {
      series.set(external.name(i), external.value(i));
    }
  }
}
