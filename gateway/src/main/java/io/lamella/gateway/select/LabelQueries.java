package io.lamella.gateway.select;

import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.RowRanges;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RunMatch;
import io.lamella.gateway.plan.Verdict;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Label names, label values and label sets. Blocks are read some at a time, the newest first, and
/// only until the request's limit is reached. What the directory of runs or the page index of a
/// shard proves is not read. Never reads chunks.
final class LabelQueries {
  /// Blocks whose pages are read and held at once.
  private static final int ROUND_BLOCKS = 32;

  /// How much larger each round is than the one before, where a limit may end the query early.
  private static final int ROUND_GROWTH = 4;

  /// Blocks whose metadata is held at once.
  private static final int MAX_ROUND = 1024;

  private static final long BYTES_PER_TEXT = 120;

  private final RowSelector selector;

  LabelQueries(RowSelector selector) {
    this.selector = selector;
  }

  /// What one kind of request takes from the blocks.
  private abstract static class Collected {
    final QueryBudget budget;
    final Set<String> projection;

    /// @param projection labels to read; empty for all
    Collected(QueryBudget budget, Set<String> projection) {
      this.budget = budget;
      this.projection = projection;
    }

    /// Adds what the metadata of a shard proves.
    ///
    /// @return false where rows must be read as well
    abstract boolean add(OpenShard shard) throws CorruptBlockException;

    abstract void add(BlockRows rows);

    abstract int size();
  }

  /// Distinct texts, each reserved on the budget.
  private abstract static class CollectedTexts extends Collected {
    final SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);

    CollectedTexts(QueryBudget budget, Set<String> projection) {
      super(budget, projection);
    }

    final void add(String text) {
      if (!text.isEmpty() && out.add(text)) {
        budget.reserveMemory(BYTES_PER_TEXT + 2L * text.length());
      }
    }

    @Override
    final int size() {
      return out.size();
    }
  }

  private static final class Values extends CollectedTexts {
    private final String name;

    Values(String name, QueryBudget budget) {
      super(budget, Set.of(name));
      this.name = name;
    }

    @Override
    boolean add(OpenShard shard) {
      if (!shard.isDecidedByRuns()) {
        return false;
      }
      RunMatch match = shard.match().orElseThrow();
      if (shard.block().external().has(name)) {
        if (!match.numbers().isEmpty()) {
          add(shard.block().external().value(name));
        }
        return true;
      }
      int label = match.directory().labels().indexOf(name);
      if (label < 0) {
        return false;
      }
      match.numbers().forEach(run -> add(match.directory().value(label, run)));
      return true;
    }

    @Override
    void add(BlockRows s) {
      if (s.shard().block().external().has(name)) {
        add(s.shard().block().external().value(name));
        return;
      }
      for (int c = 0; c < s.rows().columns(); c++) {
        if (s.rows().name(c).equals(name)) {
          for (int i = 0; i < s.count(); i++) {
            add(s.rows().value(c, i));
          }
        }
      }
    }
  }

  private static final class Names extends CollectedTexts {
    Names(QueryBudget budget) {
      super(budget, Set.of());
    }

    /// Where no row must be tested, a column has a value if one of its pages has values and only
    /// matching rows.
    @Override
    boolean add(OpenShard shard) throws CorruptBlockException {
      if (!shard.isDecidedByRuns()) {
        return false;
      }
      RunMatch match = shard.match().orElseThrow();
      for (int label = 0; label < match.directory().labels().size(); label++) {
        String name = match.directory().labels().get(label);
        for (int run : match.numbers()) {
          if (!match.directory().value(label, run).isEmpty()) {
            add(name);
            break;
          }
        }
      }
      if (!match.numbers().isEmpty()) {
        shard.block().external().forEach((name, value) -> add(name));
      }
      boolean decided = true;
      for (Verdict.Read read : shard.plan().reads()) {
        LabelPlan plan = read.labels();
        for (ColumnPages column : plan.columns().read()) {
          boolean proven = plan.tests().isEmpty() && hasWholePage(column, plan.candidates());
          if (proven) {
            add(column.name().substring(BlockSchema.LABEL_PREFIX.length()));
          }
          decided &= proven;
        }
      }
      return decided;
    }

    private static boolean hasWholePage(ColumnPages column, RowRanges rows) {
      for (RowRanges.RowRange r : rows.ranges()) {
        for (int p = column.pageOfRow(r.start()); p < column.pages(); p++) {
          if (column.endRow(p) > r.end()) {
            break;
          }
          if (column.firstRow(p) >= r.start() && !column.isNullPage(p)) {
            return true;
          }
        }
      }
      return false;
    }

    @Override
    void add(BlockRows s) {
      s.shard().block().external().forEach((name, value) -> add(name));
      for (int c = 0; c < s.rows().columns(); c++) {
        for (int i = 0; i < s.count() && !out.contains(s.rows().name(c)); i++) {
          if (!s.rows().value(c, i).isEmpty()) {
            add(s.rows().name(c));
          }
        }
      }
    }
  }

  private static final class Sets extends Collected {
    private final SortedSet<Labels> out = new TreeSet<>();

    Sets(QueryBudget budget) {
      super(budget, Set.of());
    }

    @Override
    boolean add(OpenShard shard) {
      return false;
    }

    @Override
    void add(BlockRows s) {
      RowLabels labels = s.labels();
      for (int i = 0; i < s.count(); i++) {
        if (!s.rows().equalsPrevious(i) && out.add(labels.of(i))) {
          budget.reserveSeries(1);
          budget.reserveMemory(s.bytesPerRow());
        }
      }
    }

    @Override
    int size() {
      return out.size();
    }
  }

  List<Labels> sets(LabelsRequest request, QueryBudget budget) {
    Sets sets = new Sets(budget);
    collect(request, sets);
    return List.copyOf(sets.out);
  }

  SortedSet<String> names(LabelsRequest request, QueryBudget budget) {
    Names names = new Names(budget);
    collect(request, names);
    return names.out;
  }

  SortedSet<String> values(String name, LabelsRequest request, QueryBudget budget) {
    Values values = new Values(name, budget);
    collect(request, values);
    return values.out;
  }

  private void collect(LabelsRequest asked, Collected to) {
    CatalogSnapshot snapshot = Covered.part(selector.snapshot(), asked.coverage());
    Optional<TimeRange> served = snapshot.within(asked.range());
    if (served.isEmpty()) {
      return;
    }
    LabelsRequest request = new LabelsRequest(asked.selectors(), served.get(), asked.limit());
    List<List<Matcher>> selectors =
        request.selectors().isEmpty() ? List.of(List.<Matcher>of()) : request.selectors();
    try {
      for (List<Matcher> matchers : selectors) {
        collect(snapshot, matchers, request, to);
      }
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  private void collect(
      CatalogSnapshot snapshot, List<Matcher> matchers, LabelsRequest request, Collected to)
      throws IOException, InterruptedException {
    RowRequest all = RowRequest.ofLabels(matchers, request.range());
    RowRequest rows = to.projection.isEmpty() ? all : all.projected(to.projection);
    TraceRecorder trace = TraceRecorder.of(to.budget.trace(), rows);
    List<BlockMeta> blocks = newestFirst(snapshot, request.range());
    int round = request.limit() > 0 ? 1 : MAX_ROUND;
    for (int from = 0;
        from < blocks.size();
        from += round, round = Math.min(round * ROUND_GROWTH, MAX_ROUND)) {
      if (request.isReached(to.size())) {
        return;
      }
      List<BlockMeta> some = blocks.subList(from, Math.min(blocks.size(), from + round));
      HeldMetadata held = selector.held(to.budget);
      read(selector.open(snapshot, some, rows, held, trace), request, to, trace);
      held.release();
    }
  }

  private static List<BlockMeta> newestFirst(CatalogSnapshot snapshot, TimeRange range)
      throws IOException {
    List<BlockMeta> blocks = new ArrayList<>(snapshot.overlapping(range));
    blocks.sort(Comparator.comparingLong(BlockMeta::maxTimeMillis).reversed());
    return blocks;
  }

  private void read(
      Collection<OpenShard> open, LabelsRequest request, Collected to, TraceRecorder trace)
      throws IOException, InterruptedException {
    List<OpenShard> undecided = new ArrayList<>();
    for (OpenShard shard : open) {
      if (!to.add(shard)) {
        undecided.add(shard);
      }
    }
    for (int i = 0; i < undecided.size() && !request.isReached(to.size()); i += ROUND_BLOCKS) {
      List<OpenShard> some = undecided.subList(i, Math.min(undecided.size(), i + ROUND_BLOCKS));
      for (BlockRows rows : selector.read(some, to.budget, trace)) {
        to.budget.checkSeries(rows.count());
        to.add(rows);
        rows.rows().release(to.budget);
      }
    }
  }
}
