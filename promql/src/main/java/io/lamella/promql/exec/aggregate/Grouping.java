package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The group of a series: the labels that `by` names, or all but those of `without`.
public final class Grouping {
  private final Set<String> names;
  private final boolean without;
  private final LabelsBuilder builder = new LabelsBuilder();

  public Grouping(List<String> names, boolean without) {
    this.names = new HashSet<>(names);
    this.without = without;
  }

  Labels of(Labels labels) {
    if (!without && names.isEmpty()) {
      return Labels.EMPTY;
    }
    builder.clear();
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      boolean listed = names.contains(name);
      boolean keeps = without ? !listed && !name.equals(Labels.METRIC_NAME) : listed;
      if (keeps) {
        builder.add(name, labels.value(i));
      }
    }
    return builder.build();
  }
}
