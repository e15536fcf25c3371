package io.lamella.promql.exec;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;

/// The labels that describe the metric (name, type, unit), and their removal.
public final class MetricNames {
  public static final String TYPE = "__type__";
  public static final String UNIT = "__unit__";

  private MetricNames() {}

  public static boolean isMetadata(String label) {
    return label.equals(Labels.METRIC_NAME) || label.equals(TYPE) || label.equals(UNIT);
  }

  /// The labels without name, type and unit.
  public static Labels drop(Labels labels) {
    boolean any = false;
    for (int i = 0; i < labels.size(); i++) {
      any |= isMetadata(labels.name(i));
    }
    if (!any) {
      return labels;
    }
    LabelsBuilder b = new LabelsBuilder(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      if (!isMetadata(labels.name(i))) {
        b.add(labels.name(i), labels.value(i));
      }
    }
    return b.build();
  }

  /// Removes the name of a series, or marks it for removal at the end of the query.
  public static void drop(QueryRun run, StepSeries s) {
    if (run.delaysNames()) {
      s.dropsName(true);
    } else {
      s.labels(drop(s.labels()));
    }
  }
}
