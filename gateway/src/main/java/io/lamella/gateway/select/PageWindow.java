package io.lamella.gateway.select;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.ChunkPlan;
import io.lamella.gateway.read.RangeReader;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The chunk pages of some rows, which are read in another order than they are stored in. First it
/// is filled with rows, then its pages are fetched, then rows are read. A page that the window
/// before has, too, is taken over from it. Used by one thread at a time.
final class PageWindow {
  private final List<BlockRows> selected;
  private final RangeReader reader;
  private final QueryBudget budget;

  /// Those of the window before.
  private final Map<PageId, Page> before;

  private final Map<PageId, Page> pages = new LinkedHashMap<>();
  private long newBytes;

  /// A page of a data column of one part of the selection.
  private record PageId(int part, int column, int page) {}

  /// A page in one or two windows.
  private static final class Page {
    private final ColumnPages column;
    private final int number;
    private RangeReader.@Nullable Fetched fetched;
    private @Nullable ValuePage decoded;
    private long memory;
    private int windows;

    /// Rows of all windows that were added and not passed.
    private int rowsLeft;

    Page(ColumnPages column, int number) {
      this.column = column;
      this.number = number;
    }

    ByteRange range() {
      return column.range(number);
    }
  }

  private PageWindow(
      List<BlockRows> selected, RangeReader reader, QueryBudget budget, Map<PageId, Page> before) {
    this.selected = selected;
    this.reader = reader;
    this.budget = budget;
    this.before = before;
  }

  /// The window of the first rows.
  static PageWindow first(List<BlockRows> selected, RangeReader reader, QueryBudget budget) {
    return new PageWindow(selected, reader, budget, Map.of());
  }

  /// The window after this one, which is fetched.
  PageWindow after() {
    return new PageWindow(selected, reader, budget, pages);
  }

  /// Adds the pages of a row: the `index`-th of a part.
  void add(int part, int index) {
    BlockRows rows = selected.get(part);
    int row = rows.rows().rows()[index];
    for (ChunkPlan.DataColumn c : rows.chunks().columns()) {
      int number = c.pages().pageOfRow(row);
      if (!c.pages().isNullPage(number)) {
        pages.computeIfAbsent(
                new PageId(part, c.number(), number), id -> page(id, c.pages(), number))
            .rowsLeft++;
      }
    }
  }

  private Page page(PageId id, ColumnPages column, int number) {
    Page page = before.get(id);
    if (page == null) {
      page = new Page(column, number);
      page.fetched = early(id.part(), page.range());
      newBytes += page.fetched == null ? page.range().length() : 0;
    }
    page.windows++;
    return page;
  }

  /// The pages that were fetched together with the labels, where this one is among them.
  private RangeReader.@Nullable Fetched early(int part, ByteRange page) {
    return selected.get(part).earlyChunks().filter(f -> f.has(page)).orElse(null);
  }

  /// Bytes of the pages that the window before does not have.
  long newBytes() {
    return newBytes;
  }

  /// Fetches the pages that the window before does not have. Another thread may read and release
  /// that one meanwhile.
  void fetch() throws IOException, InterruptedException {
    Map<Integer, List<Page>> missing = new LinkedHashMap<>();
    pages.forEach((id, page) -> {
      if (page.fetched == null) {
        missing.computeIfAbsent(id.part(), _ -> new ArrayList<>()).add(page);
      }
    });
    List<RangeReader.FileRanges> batch = new ArrayList<>();
    missing.forEach((part, of) ->
        batch.add(
            new RangeReader.FileRanges(
                selected.get(part).shard().files().chunks().file(),
                of.stream().map(Page::range).toList())));
    Iterator<RangeReader.Fetched> fetched = reader.fetch(batch, budget).iterator();
    for (List<Page> of : missing.values()) {
      RangeReader.Fetched each = fetched.next();
      of.forEach(page -> page.fetched = each);
    }
  }

  /// Visits the chunks of a row that was added.
  void forEach(int part, int index, ChunkRecord.RecordVisitor visitor) throws IOException {
    BlockRows rows = selected.get(part);
    int row = rows.rows().rows()[index];
    for (ChunkPlan.DataColumn c : rows.chunks().columns()) {
      int number = c.pages().pageOfRow(row);
      Page page = pages.get(new PageId(part, c.number(), number));
      if (page != null) {
        ValuePage values = decoded(page, rows.chunksName());
        int inPage = row - c.pages().firstRow(number);
        ChunkRecord.forEach(values.bytes(), values.from(inPage), values.length(inPage), visitor);
      }
    }
  }

  private ValuePage decoded(Page page, String objectName) throws CorruptBlockException {
    ValuePage found = page.decoded;
    if (found != null) {
      return found;
    }
    RangeReader.Fetched fetched = Objects.requireNonNull(page.fetched);
    ByteBuffer bytes = fetched.slice(page.range());
    int rows = page.column.endRow(page.number) - page.column.firstRow(page.number);
    try {
      long needed = ValuePage.memoryBytes(page.column, bytes, rows, objectName);
      budget.reserveMemory(needed);
      page.memory = needed;
      ValuePage decoded = ValuePage.decode(page.column, bytes, rows, objectName);
      page.decoded = decoded;
      return decoded;
    } catch (CorruptBlockException e) {
      fetched.invalidate(page.range());
      throw e;
    }
  }

  /// The chunks of a row that was added are not needed any more. A page is given up with its last
  /// row, so that of a window of pages that inflate much few are inflated at a time.
  void passed(int part, int index) {
    BlockRows rows = selected.get(part);
    int row = rows.rows().rows()[index];
    for (ChunkPlan.DataColumn c : rows.chunks().columns()) {
      Page page = pages.get(new PageId(part, c.number(), c.pages().pageOfRow(row)));
      if (page != null && --page.rowsLeft == 0) {
        giveUp(page);
      }
    }
  }

  /// Gives up the pages, but those that the window after this one has, too.
  void release() {
    for (Page p : pages.values()) {
      if (--p.windows == 0) {
        giveUp(p);
      }
    }
    pages.clear();
  }

  private void giveUp(Page p) {
    p.decoded = null;
    budget.releaseMemory(p.memory);
    p.memory = 0;
    RangeReader.Fetched fetched = p.fetched;
    if (fetched != null) {
      fetched.release(p.range());
      p.fetched = null;
    }
  }
}
