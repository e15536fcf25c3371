package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.promql.source.ValueFilter;

/// What proves that nothing of a block, or of a row group, has to be read.
public sealed interface SkipReason {
  /// The block's external labels contradict a matcher.
  record ExternalLabels(Matcher matcher) implements SkipReason {}

  /// The first and last sort key of a shard contradict a matcher.
  record NoKey(Matcher matcher) implements SkipReason {}

  /// Every run of the sort key contradicts a matcher or has no sample in the range.
  record NoRun() implements SkipReason {}

  /// The value bounds of every remaining run contradict the query's comparison.
  record NoValue(ValueFilter filter) implements SkipReason {}

  /// No row has the label that a matcher demands.
  record NoColumn(Matcher matcher) implements SkipReason {}

  /// The bounds of every remaining page contradict a matcher.
  record NoPage(Matcher matcher) implements SkipReason {}

  /// The Bloom filter of the row group lacks every value that a matcher asks for.
  record NotInFilter(Matcher matcher) implements SkipReason {}

  /// No time window of the selection needs samples of the block.
  record NoWindow() implements SkipReason {}

  /// The reason in words.
  default String text() {
    return switch (this) {
      case ExternalLabels _ -> "external labels do not match";
      case NoKey k -> "no sort key of the shard can match " + k.matcher();
      case NoWindow _ -> "no window of the selection needs its samples";
      case NoRun _ -> "no run of the sort key matches and has samples in the range";
      case NoValue v ->
          "no value can be " + v.filter().comparison().text() + " " + v.filter().number();
      case NoColumn c -> "no page can hold a match of " + c.matcher() + ": no row has the label";
      case NoPage p -> "no page can hold a match of " + p.matcher();
      case NotInFilter f -> "the Bloom filter has no match of " + f.matcher();
    };
  }

  /// The planning stage that found the reason; a shard reports the reason of the latest stage.
  default int stage() {
    return switch (this) {
      case ExternalLabels _, NoWindow _, NoKey _ -> 0;
      case NoRun _ -> 1;
      case NoValue _ -> 2;
      case NoColumn _, NoPage _ -> 3;
      case NotInFilter _ -> 4;
    };
  }
}
