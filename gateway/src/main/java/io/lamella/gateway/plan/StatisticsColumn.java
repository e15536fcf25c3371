package io.lamella.gateway.plan;

import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.Windows;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A data column of a row group whose chunks need not be read, because statistics columns hold all
/// that the query depends on: every window holds all samples of the column or none.
///
/// @param dataColumn its number
/// @param firstMillis the earliest sample time of the candidate rows; `lastMillis`, the latest
/// @param maxSamples upper bound of a row's samples
/// @param samples the column of each row's number of samples
/// @param values the column of the value that each row's samples are replaced by, as bits; empty
///   where only their number counts
/// @param multiplicity how many samples replace those of a row
public record StatisticsColumn(
    int dataColumn,
    long firstMillis,
    long lastMillis,
    long maxSamples,
    ColumnPages samples,
    Optional<ColumnPages> values,
    Multiplicity multiplicity) {
  /// How many samples replace those of a row.
  public enum Multiplicity {
    /// As many as the row has.
    ALL,
    /// A single one.
    ONE
  }

  /// The data columns of a row group that statistics can replace.
  ///
  /// @param match the runs of the shard that may hold matching rows
  /// @param range of the selection
  static List<StatisticsColumn> of(
      ParquetFileMetadata.RowGroup group, RunMatch match, TimeRange range, SampleHints hints) {
    Optional<Windows> windows = hints.windows();
    if (windows.isEmpty() || hints.use() == SampleUse.EVERYTHING) {
      return List.of();
    }
    List<StatisticsColumn> out = new ArrayList<>();
    for (int c = 0; c < match.directory().dataColumns(); c++) {
      column(c, group, match, range, hints.use(), windows.get()).ifPresent(out::add);
    }
    return out;
  }

  private static Optional<StatisticsColumn> column(
      int c,
      ParquetFileMetadata.RowGroup group,
      RunMatch match,
      TimeRange range,
      SampleUse use,
      Windows windows) {
    RunDirectory runs = match.directory();
    ValueStatistics all = new ValueStatistics();
    long end = group.firstRow() + group.rows();
    for (int run : match.numbers()) {
      ValueStatistics s = runs.statistics(c, run);
      if (runs.endRow(run) <= group.firstRow() || runs.firstRow(run) >= end || s.samples() == 0) {
        continue;
      }
      if (!suffice(s, use)) {
        return Optional.empty();
      }
      all.add(s);
    }
    if (!RunMatch.overlaps(all, range) || windows.cut(all.firstMillis(), all.lastMillis())) {
      return Optional.empty();
    }
    Optional<ColumnPages> samples = group.column(BlockSchema.samples(c));
    Optional<ColumnPages> values =
        switch (use) {
          case MAX -> group.column(BlockSchema.max(c));
          case MIN, VALUES -> group.column(BlockSchema.min(c));
          case COUNT, PRESENCE, EVERYTHING -> Optional.empty();
        };
    boolean hasValues = use != SampleUse.COUNT && use != SampleUse.PRESENCE;
    if (samples.isEmpty() || hasValues && values.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StatisticsColumn(
            c,
            all.firstMillis(),
            all.lastMillis(),
            all.samples(),
            samples.get(),
            values,
            use == SampleUse.COUNT || use == SampleUse.VALUES
                ? Multiplicity.ALL
                : Multiplicity.ONE));
  }

  /// True where a run's statistics hold all that the query depends on.
  private static boolean suffice(ValueStatistics s, SampleUse use) {
    return switch (use) {
      case EVERYTHING -> false;
      case COUNT, PRESENCE -> s.isFloats();
      case MAX, MIN -> s.isNumbers();
      case VALUES -> s.isNumbers() && s.min() == s.max();
    };
  }
}
