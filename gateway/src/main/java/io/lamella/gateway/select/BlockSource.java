package io.lamella.gateway.select;

import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.catalog.EarlyRefresh;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.fetch.StaleObjectException;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.gateway.select.SelectedSeries.MatchedRow;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.gateway.trace.Span;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.object.ObjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The published blocks of a bucket as a source of series and labels.
public final class BlockSource implements QuerySource {
  private static final Logger LOG = LoggerFactory.getLogger(BlockSource.class);

  /// Estimated memory of a row with its labels.
  private static final long BYTES_PER_ROW = 400;

  private final RowSelector selector;
  private final RangeReader reader;
  private final EarlyRefresh earlyRefresh;

  /// Permits for threads that decode: one for each core except the one that evaluates.
  private final int maxDecoders = Runtime.getRuntime().availableProcessors() - 1;

  private final Semaphore decoders = new Semaphore(maxDecoders);

  /// @param earlyRefresh refreshes the catalog where a block is not what the catalog says
  public BlockSource(
      BlockCatalog catalog,
      ShardMetadataReader metadata,
      RangeReader reader,
      EarlyRefresh earlyRefresh) {
    this.selector = new RowSelector(catalog, metadata, reader);
    this.reader = reader;
    this.earlyRefresh = earlyRefresh;
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    return new QuerySeries(selector.snapshot(), budget);
  }

  /// Threads that decode ahead now.
  public int runningDecoders() {
    return maxDecoders - decoders.availablePermits();
  }

  @Override
  public DataSnapshot snapshot() {
    return new BlockSnapshot(selector.snapshot());
  }

  /// The blocks of one snapshot.
  private final class BlockSnapshot implements DataSnapshot {
    private final CatalogSnapshot snapshot;

    BlockSnapshot(CatalogSnapshot snapshot) {
      this.snapshot = snapshot;
    }

    @Override
    public SeriesSource series(QueryBudget budget) {
      return new QuerySeries(snapshot, budget);
    }

    @Override
    public Optional<Object> version(TimeRange range) {
      try {
        // Blocks never change, so their names identify their data.
        return Optional.of(snapshot.overlapping(range).stream().map(BlockMeta::ulid).toList());
      } catch (CorruptBlockException e) {
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
        case REPLACED -> Optional.of(new BlockSnapshot(now));
        case GONE -> sameBlock ? Optional.empty() : Optional.of(new BlockSnapshot(now));
      };
    }
  }

  /// The series of one query. Selections that are announced are read concurrently.
  private final class QuerySeries implements SeriesSource {
    private final QueryBudget budget;
    private final PreparedSelections prepared;

    QuerySeries(CatalogSnapshot snapshot, QueryBudget budget) {
      this.budget = budget;
      this.prepared = new PreparedSelections(s -> open(snapshot, s, budget));
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

  private SeriesSet open(CatalogSnapshot snapshot, Selection selection, QueryBudget budget) {
    RowRequest request = RowRequest.of(selection);
    Span span = CurrentSpan.get().child("select");
    span.set("matchers", request.matchers().toString());
    return CurrentSpan.in(span, () -> open(snapshot, request, budget));
  }

  private SeriesSet open(CatalogSnapshot snapshot, RowRequest request, QueryBudget budget) {
    TraceRecorder trace = TraceRecorder.of(budget.trace(), request);
    try {
      List<BlockRows> selected = selector.select(snapshot, request, budget, trace);
      budget.reserveMemory(BYTES_PER_ROW * selected.stream().mapToLong(BlockRows::count).sum());
      List<MatchedRow> rows = rows(selected, budget);
      List<List<MatchedColumn>> columns = ChunkReader.fetch(selected, reader, budget, trace);
      SeriesSet set = new SelectedSeries(rows, selected, columns, request);
      return rows.size() < ReadAheadSeries.MIN_SERIES ? set : ReadAheadSeries.of(set, decoders);
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  private static List<MatchedRow> rows(List<BlockRows> selected, QueryBudget budget) {
    List<MatchedRow> rows = new ArrayList<>();
    LabelsBuilder scratch = new LabelsBuilder();
    for (int part = 0; part < selected.size(); part++) {
      BlockRows s = selected.get(part);
      budget.reserveSeries(s.count());
      Labels labels = Labels.EMPTY;
      for (int i = 0; i < s.count(); i++) {
        labels = s.rows().equalsPrevious(i) ? labels : s.labels(i, scratch);
        rows.add(new MatchedRow(labels, s.rows().hash(i), part, i));
      }
    }
    rows.sort(
        Comparator.comparing(MatchedRow::labels)
            .thenComparingLong(MatchedRow::hash)
            .thenComparingInt(MatchedRow::part));
    return rows;
  }

  @Override
  public List<Labels> labelSets(
      List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    SortedSet<Labels> out = new TreeSet<>();
    LabelsBuilder scratch = new LabelsBuilder();
    for (BlockRows s : rowsOfAny(selectors, range, budget)) {
      for (int i = 0; i < s.count(); i++) {
        out.add(s.labels(i, scratch));
      }
    }
    return List.copyOf(out);
  }

  @Override
  public SortedSet<String> labelNames(
      List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (BlockRows s : rowsOfAny(selectors, range, budget)) {
      s.shard().block().external().forEach((name, value) -> out.add(name));
      for (int c = 0; c < s.rows().columns(); c++) {
        for (int i = 0; i < s.count() && !out.contains(s.rows().name(c)); i++) {
          if (!s.rows().value(c, i).isEmpty()) {
            out.add(s.rows().name(c));
          }
        }
      }
    }
    return out;
  }

  @Override
  public SortedSet<String> labelValues(
      String name, List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (BlockRows s : rowsOfAny(selectors, range, budget)) {
      if (s.shard().block().external().has(name)) {
        out.add(s.shard().block().external().value(name));
        continue;
      }
      for (int c = 0; c < s.rows().columns(); c++) {
        if (s.rows().name(c).equals(name)) {
          for (int i = 0; i < s.count(); i++) {
            out.add(s.rows().value(c, i));
          }
        }
      }
    }
    out.remove("");
    return out;
  }

  /// The rows that match any of the selectors, a row once for each selector; all rows where there
  /// is no selector. Never reads chunks.
  private List<BlockRows> rowsOfAny(
      List<List<Matcher>> selectors, TimeRange range, QueryBudget budget) {
    List<BlockRows> out = new ArrayList<>();
    CatalogSnapshot snapshot = selector.snapshot();
    try {
      for (List<Matcher> matchers : selectors.isEmpty() ? List.of(List.<Matcher>of()) : selectors) {
        RowRequest request = RowRequest.ofLabels(matchers, range);
        TraceRecorder trace = TraceRecorder.of(budget.trace(), request);
        List<BlockRows> selected = selector.select(snapshot, request, budget, trace);
        for (BlockRows s : selected) {
          budget.reserveSeries(s.count());
          budget.reserveMemory(BYTES_PER_ROW * s.count());
        }
        out.addAll(selected);
      }
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
    return out;
  }
}
