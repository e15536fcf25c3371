package io.lamella.gateway.plan;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What to read of one shard: a verdict for each row group, in their order.
public record ShardPlan(List<Verdict> rowGroups) {
  public ShardPlan {
    rowGroups = List.copyOf(rowGroups);
  }

  /// The row groups of which something is read.
  public List<Verdict.Read> reads() {
    return rowGroups.stream()
        .filter(Verdict.Read.class::isInstance)
        .map(Verdict.Read.class::cast)
        .toList();
  }

  /// Where every row group is skipped, the reason for the whole shard: of all reasons the one that
  /// planning found last.
  public Optional<Verdict.Skip> skip() {
    if (!reads().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        rowGroups.stream()
            .map(Verdict.Skip.class::cast)
            .max(Comparator.comparingInt(s -> s.reason().stage()))
            .orElse(new Verdict.Skip(new SkipReason.NoRun())));
  }
}
