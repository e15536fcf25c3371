package io.lamella.gateway.query;

import io.lamella.gateway.association.LabelPairs;
import io.lamella.model.TimeRange;

/// Takes the pairs of labels of some blocks, one block after another.
@FunctionalInterface
public interface PairsReader {
  /// @param served the times of the block that are served
  /// @param pairs of the whole block
  void accept(TimeRange served, LabelPairs pairs);
}
