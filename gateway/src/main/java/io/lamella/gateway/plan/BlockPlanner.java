package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// Plans a selection over one file pair. The label plan's candidates are a superset of the rows
/// that match; reading the label pages makes them exact.
public final class BlockPlanner {
  private BlockPlanner() {}

  /// What a caller asks of a shard.
  ///
  /// @param wanted the label names whose values it needs, besides those of the matchers
  /// @param range of the selection; runs without a sample in it are left out
  /// @param within where rows without a sample in this range are to be left out, one by one
  /// @param hashes true where rows of several blocks must be told apart without all their labels
  /// @param samples what of the samples counts; all of them where another block may have samples of
  ///   the same series at the same time
  public record Question(
      List<Matcher> matchers,
      Predicate<String> wanted,
      TimeRange range,
      Optional<TimeRange> within,
      boolean hashes,
      SampleHints samples) {}

  /// The label pages to read, one plan for each row group that may hold a match.
  ///
  /// @param match what the shard's directory of runs tells, where it has one
  public static List<LabelPlan> labels(
      ParquetFileMetadata layout, Optional<RunMatch> match, Question question) {
    Optional<RowRanges> rows = match.map(RunMatch::rows);
    List<LabelPlan> out = new ArrayList<>();
    for (ParquetFileMetadata.RowGroup group : layout.rowGroups()) {
      RowRanges candidates =
          rows.map(r -> r.within(group.firstRow(), group.firstRow() + group.rows()))
              .orElseGet(() -> RowRanges.all(group.rows()));
      List<Matcher> matchers = match.map(RunMatch::undecided).orElse(question.matchers());
      if (!candidates.isEmpty()) {
        rowGroup(layout, group, candidates, matchers, match, question).ifPresent(out::add);
      }
    }
    return out;
  }

  private static Optional<LabelPlan> rowGroup(
      ParquetFileMetadata layout,
      ParquetFileMetadata.RowGroup group,
      RowRanges known,
      List<Matcher> matchers,
      Optional<RunMatch> match,
      Question question) {
    Optional<RunDirectory> runs = match.map(RunMatch::directory);
    RowRanges candidates = known;
    List<Matcher> toTest = new ArrayList<>();
    for (Matcher m : matchers) {
      Optional<ColumnPages> column = group.column(BlockSchema.labelColumn(m.name()));
      if (column.isEmpty()) {
        if (!m.matchesEmpty()) {
          return Optional.empty();
        }
        continue;
      }
      candidates =
          candidates.intersect(pages(column.get(), PageBounds.mightMatch(column.get(), m)));
      if (candidates.isEmpty()) {
        return Optional.empty();
      }
      toTest.add(m);
    }
    List<String> keyLabels = runs.map(RunDirectory::labels).orElse(List.of());
    Map<String, Integer> positions = new LinkedHashMap<>();
    List<ColumnPages> columns = new ArrayList<>();
    for (String name : layout.columns()) {
      if (!name.startsWith(BlockSchema.LABEL_PREFIX)) {
        continue;
      }
      String label = name.substring(BlockSchema.LABEL_PREFIX.length());
      ColumnPages column = group.columns().get(name);
      boolean tested = toTest.stream().anyMatch(m -> m.name().equals(label));
      boolean read =
          question.wanted().test(label)
              && !keyLabels.contains(label)
              && column != null
              && hasValues(column, candidates);
      if (column != null && (tested || read)) {
        positions.put(label, columns.size());
        columns.add(column);
      }
    }
    List<LabelPlan.ColumnMatcher> tests =
        toTest.stream()
            .map(m -> new LabelPlan.ColumnMatcher(m, positions.getOrDefault(m.name(), 0)))
            .toList();
    return Optional.of(
        new LabelPlan(
            group.number(),
            group.firstRow(),
            candidates,
            tests,
            columns,
            runs.map(r -> new LabelPlan.KnownLabels(r, wanted(keyLabels, question.wanted()))),
            question.within().flatMap(r -> times(group, r)),
            question.hashes() ? group.column(BlockSchema.SERIES_HASH) : Optional.empty(),
            match
                .map(m -> StatisticsColumn.of(group, m, question.range(), question.samples()))
                .orElse(List.of())));
  }

  private static List<Integer> wanted(List<String> labels, Predicate<String> wanted) {
    List<Integer> out = new ArrayList<>();
    for (int l = 0; l < labels.size(); l++) {
      if (wanted.test(labels.get(l))) {
        out.add(l);
      }
    }
    return out;
  }

  private static Optional<LabelPlan.TimeFilter> times(
      ParquetFileMetadata.RowGroup group, TimeRange range) {
    Optional<ColumnPages> first = group.column(BlockSchema.FIRST_TIME);
    Optional<ColumnPages> last = group.column(BlockSchema.LAST_TIME);
    return first.isPresent() && last.isPresent()
        ? Optional.of(new LabelPlan.TimeFilter(first.get(), last.get(), range))
        : Optional.empty();
  }

  private static RowRanges pages(ColumnPages column, IntPredicate keep) {
    RowRanges.Builder out = new RowRanges.Builder();
    for (int p = 0; p < column.pages(); p++) {
      if (keep.test(p)) {
        out.add(column.firstRow(p), column.endRow(p));
      }
    }
    return out.build();
  }

  private static boolean hasValues(ColumnPages column, RowRanges rows) {
    for (int p = 0; p < column.pages(); p++) {
      if (!column.isNullPage(p) && rows.touches(column.firstRow(p), column.endRow(p))) {
        return true;
      }
    }
    return false;
  }

  /// The pages of a column that hold a value of these rows, ascending.
  public static int[] pagesWithValues(ColumnPages column, RowRanges rows) {
    return java.util.stream.IntStream.range(0, column.pages())
        .filter(p -> !column.isNullPage(p) && rows.touches(column.firstRow(p), column.endRow(p)))
        .toArray();
  }

  /// The pages of a column that hold any of these rows, ascending.
  ///
  /// @param rows ascending
  public static int[] pagesOfRows(ColumnPages column, int[] rows) {
    int[] out = new int[column.pages()];
    int n = 0;
    int last = -1;
    for (int row : rows) {
      if (last < 0 || row >= column.endRow(last)) {
        last = column.pageOfRow(row);
        out[n++] = last;
      }
    }
    return java.util.Arrays.copyOf(out, n);
  }
}
