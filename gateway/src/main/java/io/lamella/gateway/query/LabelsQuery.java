package io.lamella.gateway.query;

import io.lamella.model.TimeRange;

/// A [LabelsRequest] whose selectors are not parsed yet.
///
/// @param limit how many the client wants; 0 for all
public record LabelsQuery(SelectorTexts selectors, TimeRange range, int limit) {
  LabelsRequest parse() {
    return new LabelsRequest(selectors.parse(), range, limit);
  }
}
