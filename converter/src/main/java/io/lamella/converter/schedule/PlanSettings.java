package io.lamella.converter.schedule;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;

/// How days are converted, and which.
///
/// @param columnMillis width of a data column
/// @param createdBy program and version, for the metas
public record PlanSettings(
    SortKey sortKey,
    BlockMeta.Rules rules,
    long columnMillis,
    DaySelection selection,
    String createdBy) {
  public PlanSettings withSelection(DaySelection selection) {
    return new PlanSettings(sortKey, rules, columnMillis, selection, createdBy);
  }
}
