package io.lamella.gateway.query;

import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;

/// A [LabelsRequest] whose selectors are not parsed yet.
///
/// @param limit how many the client wants; 0 for all
public record LabelsQuery(SelectorTexts selectors, TimeRange range, int limit) {
  LabelsRequest parse(Coverage coverage, MemoryAccount memory) {
    return new LabelsRequest(selectors.parse(memory), range, limit, coverage);
  }
}
