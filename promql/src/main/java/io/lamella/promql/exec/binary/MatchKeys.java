package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.ast.VectorMatching;
import java.util.HashSet;
import java.util.Set;

/// The key by which elements of two vectors match: the labels of `on`, or all but those of
/// `ignoring` and the name.
final class MatchKeys {
  private final boolean on;
  private final Set<String> names;
  private final LabelsBuilder builder = new LabelsBuilder();

  MatchKeys(VectorMatching m) {
    on = m.on();
    names = new HashSet<>(m.labels());
  }

  Labels of(Labels labels) {
    builder.clear();
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      boolean keeps = on == names.contains(name) && (on || !name.equals(Labels.METRIC_NAME));
      if (keeps) {
        builder.add(name, labels.value(i));
      }
    }
    return builder.build();
  }
}
