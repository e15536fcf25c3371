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

/// A data column of a row group whose chunks need not be read: every window holds all of its
/// samples or none, and what the query sees of them is among the rows' statistics.
///
/// @param dataColumn its number
/// @param firstMillis no sample of the candidates is before; `lastMillis`, none is after
/// @param mostSamples no row has more
/// @param samples the column of each row's count
/// @param values the column of the value that each row's samples are to have, as bits; they have
///   none where only their number counts
/// @param all true where as many samples are to be made as there are; else one stands for all
public record StatisticsAnswer(
    int dataColumn,
    long firstMillis,
    long lastMillis,
    long mostSamples,
    ColumnPages samples,
    Optional<ColumnPages> values,
    Multiplicity all) {
  /// How many samples stand for those of a row.
  public enum Multiplicity {
    ALL,
    ONE
  }

  /// The data columns of a row group that statistics answer for.
  ///
  /// @param match the runs of the shard that may hold matching rows
  /// @param range of the selection
  static List<StatisticsAnswer> of(
      ParquetFileMetadata.RowGroup group, RunMatch match, TimeRange range, SampleHints hints) {
    Optional<Windows> windows = hints.windows();
    if (windows.isEmpty() || hints.use() == SampleUse.EVERYTHING) {
      return List.of();
    }
    List<StatisticsAnswer> out = new ArrayList<>();
    for (int c = 0; c < match.directory().dataColumns(); c++) {
      column(c, group, match, range, hints.use(), windows.get()).ifPresent(out::add);
    }
    return out;
  }

  private static Optional<StatisticsAnswer> column(
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
      if (!isEnough(s, use)) {
        return Optional.empty();
      }
      all.add(s);
    }
    if (!RunMatch.touches(all, range) || windows.cut(all.firstMillis(), all.lastMillis())) {
      return Optional.empty();
    }
    Optional<ColumnPages> samples = group.column(BlockSchema.samples(c));
    Optional<ColumnPages> values =
        switch (use) {
          case GREATEST -> group.column(BlockSchema.max(c));
          case LEAST, VALUES -> group.column(BlockSchema.min(c));
          case COUNT, PRESENCE, EVERYTHING -> Optional.empty();
        };
    boolean hasValues = use != SampleUse.COUNT && use != SampleUse.PRESENCE;
    if (samples.isEmpty() || hasValues && values.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StatisticsAnswer(
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

  /// True where a run's statistics tell what the query sees of its samples.
  private static boolean isEnough(ValueStatistics s, SampleUse use) {
    return switch (use) {
      case EVERYTHING -> false;
      case COUNT, PRESENCE -> s.isFloats();
      case GREATEST, LEAST -> s.isNumbers();
      case VALUES -> s.isNumbers() && s.min() == s.max();
    };
  }
}
