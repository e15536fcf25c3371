package io.lamella.promql.exec.binary;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.exec.MetricNames;
import io.lamella.promql.exec.QueryRun;
import java.util.HashSet;
import java.util.Set;

/// The labels of a result of two matched elements.
final class ResultLabels {
  private final VectorMatching matching;
  private final Set<String> names;
  private final boolean oneToOne;
  private final boolean dropsMetadata;
  private final boolean marksName;

  ResultLabels(QueryRun run, VectorBinary.Operation o) {
    matching = o.matching();
    names = new HashSet<>(matching.labels());
    oneToOne = matching.cardinality() == VectorMatching.Cardinality.ONE_TO_ONE;
    boolean arithmetic = !o.op().isComparison() && !o.op().isTrim();
    marksName = o.bool();
    dropsMetadata = arithmetic || o.bool() && !run.delaysNames();
  }

  /// True where names of results are marked for removal: at the end of the query, or by the next
  /// function over a subquery. Without delayed names a result has one by `group_left (__name__)`.
  boolean marksName() {
    return marksName;
  }

  Labels of(Labels many, Labels one) {
    boolean same = !dropsMetadata && matching.include().isEmpty();
    if (same && (!oneToOne || !matching.on() && names.isEmpty())) {
      return many;
    }
    LabelsBuilder b = new LabelsBuilder(many.size() + matching.include().size());
    for (int i = 0; i < many.size(); i++) {
      String name = many.name(i);
      boolean keeps = !dropsMetadata || !MetricNames.isMetadata(name);
      if (oneToOne) {
        keeps &= matching.on() == names.contains(name);
      }
      if (keeps) {
        b.add(name, many.value(i));
      }
    }
    for (String name : matching.include()) {
      b.set(name, one.value(name));
    }
    return b.build();
  }
}
