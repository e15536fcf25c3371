package io.lamella.converter.merge;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.tsdb.TsdbBlock;
import java.util.Collection;

/// An open TSDB block whose series are merged.
///
/// @param rowLabels external labels that become labels of every series of the block; they take
///   precedence over a series' own labels of the same names, as external labels always do
/// @param replica the labels that distinguish replicas, with this block's values
public record MergeInput(Ulid ulid, TsdbBlock block, Labels rowLabels, Labels replica) {
  /// A block whose row labels and replica follow from its external labels, which may be others than
  /// its meta states.
  public static MergeInput of(Ulid ulid, TsdbBlock block, Labels external, BlockMeta.Rules rules) {
    return new MergeInput(
        ulid, block, labels(external, rules.foldLabels()), labels(external, rules.replicaLabels()));
  }

  private static Labels labels(Labels external, Collection<String> names) {
    LabelsBuilder out = new LabelsBuilder();
    for (String name : names) {
      out.set(name, external.value(name));
    }
    return out.build();
  }
}
