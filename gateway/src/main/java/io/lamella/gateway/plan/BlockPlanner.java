package io.lamella.gateway.plan;

import io.lamella.gateway.plan.RowRequest.LabelProjection;
import io.lamella.gateway.plan.RowRequest.Need;
import io.lamella.gateway.plan.RowRequest.SeriesIdentity;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Plans a request over one block: from the block's meta whether its shards are opened, from a
/// shard's metadata a verdict for each row group. The candidate rows of a verdict are a superset of
/// the rows that match.
public final class BlockPlanner {
  private BlockPlanner() {}

  /// The metadata of a shard's two files.
  ///
  /// @param chunksName the name of the chunk file, for messages
  public record ShardFiles(
      ParquetFileMetadata labels, ParquetFileMetadata chunks, String chunksName) {}

  /// Narrows a request to a block.
  ///
  /// @param all blocks that the request's range overlaps
  public static BlockVerdict block(RowRequest request, BlockMeta block, List<BlockMeta> all) {
    List<Matcher> matchers = new ArrayList<>();
    for (Matcher m : request.matchers()) {
      if (!block.external().has(m.name())) {
        matchers.add(m);
      } else if (!m.matches(block.external().value(m.name()))) {
        return new Verdict.Skip(new SkipReason.ExternalLabels(m));
      }
    }
    Optional<TimeRange> needed = request.needed(block.range());
    if (needed.isEmpty()) {
      return new Verdict.Skip(new SkipReason.NoWindow());
    }
    TimeRange range = needed.get();
    boolean coversBlock =
        range.contains(block.range().startMillis()) && range.contains(block.range().endMillis());
    return new BlockVerdict.Open(
        new RowRequest(
            matchers,
            range,
            all.size() > 1
                ? request.labels()
                : new LabelProjection(request.labels().names(), SeriesIdentity.LABELS),
            request.need() == Need.LABELS_IN_RANGE && coversBlock ? Need.LABELS : request.need(),
            overlapsNoOther(block, all) ? request.samples() : SampleHints.EVERYTHING));
  }

  /// The reason why no row of a shard can match, by what the block's meta says of its sort key.
  ///
  /// @param request as [#block] narrowed it
  public static Optional<Verdict.Skip> shard(
      RowRequest request, BlockMeta block, BlockMeta.Shard shard) {
    return ShardKeys.excluding(shard, block.sortKey().labels(), request.matchers())
        .map(m -> new Verdict.Skip(new SkipReason.NoKey(m)));
  }

  /// True where no other block overlaps this one in time. Otherwise statistics must not replace
  /// samples, because the other block may hold the same samples.
  private static boolean overlapsNoOther(BlockMeta block, List<BlockMeta> all) {
    return all.stream()
        .noneMatch(o ->
            o != block
                && o.minTimeMillis() < block.maxTimeMillis()
                && block.minTimeMillis() < o.maxTimeMillis());
  }

  /// Plans a shard.
  ///
  /// @param request as [#block] narrowed it
  /// @param match of the shard's directory of runs, where it has one
  /// @throws CorruptBlockException where the chunk file lacks a column that is to be read
  public static ShardPlan shard(
      BlockMeta block, ShardFiles files, Optional<RunMatch> match, RowRequest request)
      throws CorruptBlockException {
    Optional<RowRanges> runs = match.map(RunMatch::rows);
    List<Verdict> out = new ArrayList<>();
    for (ParquetFileMetadata.RowGroup group : files.labels().rowGroups()) {
      RowRanges rows =
          runs.map(r -> r.within(group.firstRow(), group.firstRow() + group.rows()))
              .orElseGet(() -> RowRanges.all(group.rows()));
      out.add(new GroupPlanner(block, files, group, match, request).verdict(rows));
    }
    return new ShardPlan(out);
  }

  /// Plans one row group, by the runs of the sort key first, then by the bounds of its pages.
  private record GroupPlanner(
      BlockMeta block,
      ShardFiles files,
      ParquetFileMetadata.RowGroup group,
      Optional<RunMatch> match,
      RowRequest request) {
    /// @param runRows the rows of the runs that may match; all rows where there is no directory of
    ///   runs
    Verdict verdict(RowRanges runRows) throws CorruptBlockException {
      if (runRows.isEmpty()) {
        return new Verdict.Skip(
            match.orElseThrow().whyNoRow(group.firstRow(), group.firstRow() + group.rows()));
      }
      RowRanges candidates = runRows;
      List<Matcher> toTest = new ArrayList<>();
      for (Matcher m : match.map(RunMatch::undecided).orElse(request.matchers())) {
        Optional<ColumnPages> column = group.column(BlockSchema.labelColumn(m.name()));
        if (column.isEmpty()) {
          if (!m.matchesEmpty()) {
            return new Verdict.Skip(new SkipReason.NoColumn(m));
          }
          continue;
        }
        candidates =
            candidates.intersect(pages(column.get(), PageBounds.mightMatch(column.get(), m)));
        if (candidates.isEmpty()) {
          return new Verdict.Skip(new SkipReason.NoPage(m));
        }
        toTest.add(m);
      }
      LabelPlan plan = labelPlan(candidates, toTest);
      ChunkPlan chunks =
          request.readsChunks()
              ? ChunkPlan.of(
                  block,
                  files.chunks().rowGroups().get(group.number()),
                  plan.statistics(),
                  request.range(),
                  files.chunksName())
              : ChunkPlan.NONE;
      return plan.tests().isEmpty()
          ? new Verdict.Take(plan, chunks)
          : new Verdict.Filter(plan, chunks);
    }

    private LabelPlan labelPlan(RowRanges candidates, List<Matcher> toTest) {
      Optional<RunDirectory> runs = match.map(RunMatch::directory);
      List<String> keyLabels = runs.map(RunDirectory::labels).orElse(List.of());
      Map<String, Integer> positions = new LinkedHashMap<>();
      List<ColumnPages> columns = new ArrayList<>();
      for (String name : files.labels().columns()) {
        if (!name.startsWith(BlockSchema.LABEL_PREFIX)) {
          continue;
        }
        String label = name.substring(BlockSchema.LABEL_PREFIX.length());
        ColumnPages column = group.columns().get(name);
        boolean tested = toTest.stream().anyMatch(m -> m.name().equals(label));
        boolean read =
            request.labels().needs(label)
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
      return new LabelPlan(
          new LabelPlan.CandidateRows(group.number(), group.firstRow(), candidates),
          new LabelPlan.RowTests(tests, times()),
          new LabelPlan.LabelColumns(
              columns,
              runs.map(r -> new LabelPlan.KeyLabels(r, needed(keyLabels))),
              request.labels().identity() == SeriesIdentity.HASH
                  ? group.column(BlockSchema.SERIES_HASH)
                  : Optional.empty()),
          match
              .map(m -> StatisticsColumn.of(group, m, request.range(), request.samples()))
              .orElse(List.of()));
    }

    /// The positions of the needed labels of the sort key.
    private List<Integer> needed(List<String> keyLabels) {
      return IntStream.range(0, keyLabels.size())
          .filter(l -> request.labels().needs(keyLabels.get(l)))
          .boxed()
          .toList();
    }

    private Optional<LabelPlan.TimeFilter> times() {
      Optional<ColumnPages> first = group.column(BlockSchema.FIRST_TIME);
      Optional<ColumnPages> last = group.column(BlockSchema.LAST_TIME);
      boolean needed =
          request.need() == Need.LABELS_IN_RANGE || request.need() == Need.LABELS_AND_TIMES;
      return needed && first.isPresent() && last.isPresent()
          ? Optional.of(new LabelPlan.TimeFilter(first.get(), last.get(), request.range()))
          : Optional.empty();
    }
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
      if (!column.isNullPage(p) && rows.overlaps(column.firstRow(p), column.endRow(p))) {
        return true;
      }
    }
    return false;
  }

  /// The pages of a column that hold a value of these rows, ascending.
  public static int[] pagesWithValues(ColumnPages column, RowRanges rows) {
    List<RowRanges.RowRange> ranges = rows.ranges();
    int[] out = new int[column.pages()];
    int n = 0;
    int r = 0;
    for (int p = 0; p < out.length && r < ranges.size(); p++) {
      while (r < ranges.size() && ranges.get(r).end() <= column.firstRow(p)) {
        r++;
      }
      if (r < ranges.size()
          && ranges.get(r).start() < column.endRow(p)
          && column.firstRow(p) < column.endRow(p)
          && !column.isNullPage(p)) {
        out[n++] = p;
      }
    }
    return Arrays.copyOf(out, n);
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
    return Arrays.copyOf(out, n);
  }
}
