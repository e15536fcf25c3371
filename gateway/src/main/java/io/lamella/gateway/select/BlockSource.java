package io.lamella.gateway.select;

import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.cache.LabelPairsCache;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.fetch.StaleObjectException;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RowRequest.SeriesIdentity;
import io.lamella.gateway.query.BlockSummary;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.query.Coverage;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.PairsReader;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.query.StreamRange;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.gateway.select.RowSelector.EarlyChunks;
import io.lamella.gateway.select.SelectedSeries.MatchedRow;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.gateway.trace.Span;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The published blocks of a bucket as a source of series and labels.
public final class BlockSource implements QuerySource {
  private static final Logger LOG = LoggerFactory.getLogger(BlockSource.class);

  private final RowSelector selector;
  private final LabelQueries labels;
  private final PairQueries pairs;
  private final ChunkQueries chunks;
  private final RangeReader reader;
  private final EarlyRefresh earlyRefresh;

  private final Semaphore decoders;

  /// What blocks are read with.
  ///
  /// @param pairs those of labels that were read
  public record BlockReads(
      ShardMetadataReader metadata, RangeReader ranges, LabelPairsCache pairs) {}

  /// @param earlyRefresh refreshes the catalog where a block is not what the catalog says
  /// @param decoders permits for threads that decode ahead
  public BlockSource(
      BlockCatalog catalog, BlockReads reads, EarlyRefresh earlyRefresh, Semaphore decoders) {
    RangeReader reader = reads.ranges();
    this.selector = new RowSelector(catalog, reads.metadata(), reader);
    this.labels = new LabelQueries(selector);
    this.pairs = new PairQueries(selector, reads.pairs());
    this.chunks = new ChunkQueries(selector, reader);
    this.reader = reader;
    this.earlyRefresh = earlyRefresh;
    this.decoders = decoders;
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    return new QuerySeries(selector.snapshot(), budget);
  }

  @Override
  public DataSnapshot snapshot() {
    return new BlockSnapshot(selector.snapshot(), Coverage.ALL);
  }

  /// What identifies the data of a range.
  ///
  /// @param served the part of the range that is served: it moves with the time where a gateway
  ///   serves the last weeks, say
  private record Version(List<BlockMeta> blocks, Optional<TimeRange> served) {}

  /// The blocks of one snapshot.
  private final class BlockSnapshot implements DataSnapshot {
    private final CatalogSnapshot all;
    private final Coverage coverage;
    private final CatalogSnapshot snapshot;

    BlockSnapshot(CatalogSnapshot all, Coverage coverage) {
      this.all = all;
      this.coverage = coverage;
      this.snapshot = Covered.part(all, coverage);
    }

    @Override
    public DataSnapshot covering(Coverage other) {
      return new BlockSnapshot(all, other);
    }

    @Override
    public List<String> missing(TimeRange range) {
      return coverage == Coverage.READABLE ? Covered.missing(all, range) : List.of();
    }

    @Override
    public SeriesSource series(QueryBudget budget) {
      return new QuerySeries(snapshot, budget);
    }

    @Override
    public SeriesSource deduplicated(Set<String> replicaLabels, QueryBudget budget) {
      return new SeriesSource() {
        @Override
        public SeriesSet select(Selection selection) {
          ChunksRequest all = ChunksRequest.of(selection.matchers(), selection.range());
          return new DeduplicatedSeries(
              chunks.open(snapshot, all.without(replicaLabels), budget), selection);
        }

        @Override
        public boolean readsAlike(String function, String other) {
          return DeduplicatedSeries.values(function) == DeduplicatedSeries.values(other);
        }
      };
    }

    @Override
    public ChunkSeriesSet chunks(ChunksRequest request, QueryBudget budget) {
      return chunks.open(snapshot, request, budget);
    }

    @Override
    public void labelPairs(
        PairedLabels labels, List<TimeRange> ranges, QueryBudget budget, PairsReader to) {
      pairs.read(snapshot, labels, ranges, budget, to);
    }

    @Override
    public List<StreamRange> streams() {
      return Streams.of(snapshot.blocks(), snapshot.served());
    }

    @Override
    public List<BlockSummary> blocks() {
      return snapshot.blocks().stream()
          .map(b ->
              new BlockSummary(
                  b.ulid().toString(),
                  b.digest(),
                  b.external(),
                  b.minTimeMillis(),
                  b.maxTimeMillis(),
                  b.counts().series(),
                  b.counts().chunks(),
                  b.counts().samples()))
          .toList();
    }

    @Override
    public Optional<Object> version(TimeRange range) {
      if (!missing(range).isEmpty()) {
        return Optional.empty();
      }
      try {
        // The metas have the digests of all files, so they identify the data, also of a block that
        // was published again under its name.
        return Optional.of(new Version(snapshot.overlapping(range), snapshot.within(range)));
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    /// Where an object has another version now, the query runs again with metadata that is read
    /// again. Where an object is gone, it runs again only if the block changed or is gone as well.
    @Override
    public Optional<DataSnapshot> newerAfter(QueryException failure) {
      if (!(failure.getCause() instanceof StaleObjectException stale)) {
        return Optional.empty();
      }
      ObjectKey object = stale.object().key();
      Optional<BlockMeta> before = snapshot.owner(object);
      if (selector.snapshot().owner(object).equals(before)) {
        try {
          earlyRefresh.await();
        } catch (InterruptedException e) {
          throw RowSelector.failure(e);
        }
      }
      CatalogSnapshot now = selector.snapshot();
      boolean sameBlock = now.owner(object).equals(before);
      LOG.info(
          "query found the catalog stale object={} state={} block={}",
          object,
          stale.state(),
          sameBlock ? "same" : "changed");
      return switch (stale.state()) {
        case REPLACED -> Optional.of(new BlockSnapshot(now, coverage));
        case GONE -> sameBlock ? Optional.empty() : Optional.of(new BlockSnapshot(now, coverage));
      };
    }
  }

  /// The series of one query. Selections that are announced are read concurrently.
  private final class QuerySeries implements SeriesSource {
    private final QueryBudget budget;
    private final PreparedSelections prepared;
    private final Map<Selection, FetchedRows> fetched = new ConcurrentHashMap<>();

    QuerySeries(CatalogSnapshot snapshot, QueryBudget budget) {
      this.budget = budget;
      this.prepared = new PreparedSelections(s -> open(snapshot, s));
    }

    /// The series of a selection. Where it is opened again, its pages are not fetched again.
    private SeriesSet open(CatalogSnapshot snapshot, Selection selection) {
      FetchedRows before = fetched.get(selection);
      if (before != null) {
        return series(before);
      }
      FetchedRows rows = fetch(snapshot, selection, budget);
      fetched.put(selection, rows);
      return series(rows);
    }

    @Override
    public Prepared prepare(List<Selection> selections) {
      return prepared.start(selections);
    }

    @Override
    public SeriesSet select(Selection selection) {
      long begun = System.nanoTime();
      try {
        return prepared.select(selection);
      } finally {
        budget.countSelecting(System.nanoTime() - begun);
      }
    }
  }

  /// The matching rows of a selection with their encoded pages, which several cursors may read.
  private record FetchedRows(
      List<MatchedRow> rows,
      List<BlockRows> selected,
      List<List<MatchedColumn>> columns,
      RowRequest request) {}

  private FetchedRows fetch(CatalogSnapshot snapshot, Selection selection, QueryBudget budget) {
    RowRequest request = RowRequest.of(selection);
    Span span = CurrentSpan.get().child("select");
    span.set("matchers", request.matchers().toString());
    return CurrentSpan.in(span, () -> fetch(snapshot, request, budget));
  }

  private FetchedRows fetch(CatalogSnapshot snapshot, RowRequest asked, QueryBudget budget) {
    TraceRecorder trace = TraceRecorder.of(budget.trace(), asked);
    try {
      RowSelector.Selected found = selector.select(snapshot, asked, EarlyChunks.ALL, budget, trace);
      RowRequest request = found.request();
      List<BlockRows> selected = found.rows();
      budget.reserveMemory(bytes(selected));
      // Checked before labels are built.
      budget.checkSeries(inLargestBlock(selected));
      List<MatchedRow> rows = rows(selected);
      countSeries(rows, request.labels().identity(), budget);
      List<List<MatchedColumn>> columns = ChunkReader.fetch(selected, reader, budget, trace);
      return new FetchedRows(rows, selected, columns, request);
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  private SeriesSet series(FetchedRows f) {
    // A cursor drops its list when it is closed.
    List<MatchedRow> rows = new ArrayList<>(f.rows());
    SeriesSet set = new SelectedSeries(rows, f.selected(), f.columns(), f.request());
    return rows.size() < ReadAheadSeries.MIN_SERIES ? set : new UnreadSeries(set, decoders);
  }

  private static long bytes(List<BlockRows> selected) {
    return selected.stream().mapToLong(s -> s.count() * s.bytesPerRow()).sum();
  }

  /// A block has each series once, so there are at least as many as in the largest block.
  private static long inLargestBlock(List<BlockRows> selected) {
    Map<Ulid, Long> perBlock = new HashMap<>();
    selected.forEach(s -> perBlock.merge(s.shard().block().ulid(), (long) s.count(), Long::sum));
    return perBlock.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// Counts distinct series: those of several blocks once. Where only some labels are read, series
  /// of several blocks are told apart by their hashes.
  private static void countSeries(
      List<MatchedRow> rows, SeriesIdentity identity, QueryBudget budget) {
    long distinct = 0;
    for (int i = 0; i < rows.size(); i++) {
      distinct +=
          i > 0 && SelectedSeries.isSameSeries(rows.get(i - 1), rows.get(i), identity) ? 0 : 1;
    }
    budget.reserveSeries(distinct);
  }

  private static final Comparator<MatchedRow> SERIES_THEN_PART =
      Comparator.comparingLong(MatchedRow::hash).thenComparingInt(MatchedRow::part);

  /// By labels, then by hash, then by part.
  private static List<MatchedRow> rows(List<BlockRows> selected) {
    // Several blocks have much the same series, so that fewer labels are sorted than rows.
    Map<Labels, List<MatchedRow>> byLabels = new HashMap<>();
    int count = 0;
    for (int part = 0; part < selected.size(); part++) {
      BlockRows s = selected.get(part);
      RowLabels stored = s.labels();
      List<MatchedRow> same = List.of();
      Labels labels = Labels.EMPTY;
      for (int i = 0; i < s.count(); i++) {
        if (i == 0 || !s.rows().equalsPrevious(i)) {
          Labels own = stored.of(i);
          same = byLabels.computeIfAbsent(own, _ -> new ArrayList<>(2));
          labels = same.isEmpty() ? own : same.getFirst().labels();
        }
        same.add(new MatchedRow(labels, s.rows().hash(i), part, i));
        count++;
      }
    }
    List<MatchedRow> out = new ArrayList<>(count);
    byLabels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> {
          e.getValue().sort(SERIES_THEN_PART);
          out.addAll(e.getValue());
        });
    return out;
  }

  @Override
  public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
    return labels.sets(request, budget);
  }

  @Override
  public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
    return labels.names(request, budget);
  }

  @Override
  public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
    return labels.values(name, request, budget);
  }
}
