package io.lamella.converter.merge;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.tsdb.TsdbBlock;
import java.util.Collection;
import java.util.Map;

/// An open TSDB block whose series are merged.
///
/// @param rowLabels external labels that become labels of every series of the block; they take
///   precedence over a series' own labels of the same names, as external labels always do
/// @param replica the labels that distinguish replicas, with this block's values
public record MergeInput(Ulid ulid, TsdbBlock block, Labels rowLabels, Labels replica) {
  /// A block whose row labels and replica follow from its external labels.
  public static MergeInput of(Ulid ulid, TsdbBlock block, BlockMeta.Rules rules) {
    Map<String, String> external = block.meta().externalLabels();
    return new MergeInput(
        ulid, block, labels(external, rules.foldLabels()), labels(external, rules.replicaLabels()));
  }

  private static Labels labels(Map<String, String> external, Collection<String> names) {
    LabelsBuilder out = new LabelsBuilder();
    for (String name : names) {
      out.set(name, external.getOrDefault(name, ""));
    }
    return out.build();
  }
}
