package io.lamella.gateway.select;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.gateway.read.RangeReader;
import io.lamella.promql.QueryException;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ValuePage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// One data column of the rows of one [BlockRows].
sealed interface MatchedColumn {
  /// What a reader does where others hold the memory for a page.
  enum MemoryWait {
    NONE,
    UNTIL_FREE
  }

  /// The same column for another reader, which shares the stored pages.
  MatchedColumn forReader();

  /// Chunks in pages, for one reader, which may be several threads. A page is decompressed when its
  /// first row is read, and released after its last matching row; its memory is reserved while it
  /// is held.
  final class Chunks implements MatchedColumn {
    private static final int MAX_LOCKS = 8;

    private final ColumnPages column;
    private final int[] rows;
    private final RangeReader.Fetched fetched;
    private final QueryBudget budget;
    private final String objectName;

    /// The pages from that of the first matching row to that of the last.
    private final AtomicReferenceArray<@Nullable ValuePage> pages;

    private final int firstPage;

    /// Reserved for each page; guarded by its lock.
    private final long[] memory;

    /// Matching rows of each page that the reader has not passed.
    private final AtomicIntegerArray left;

    /// A thread decodes a page under a lock, so that no other decodes the same; several pages share
    /// one.
    private final Object[] locks;

    /// @param rows that match, ascending
    /// @param fetched the pages that hold one of them
    Chunks(
        ColumnPages column,
        int[] rows,
        RangeReader.Fetched fetched,
        QueryBudget budget,
        String objectName) {
      this.column = column;
      this.rows = rows;
      this.fetched = fetched;
      this.budget = budget;
      this.objectName = objectName;
      this.firstPage = rows.length == 0 ? 0 : column.pageOfRow(rows[0]);
      int count = rows.length == 0 ? 0 : column.pageOfRow(rows[rows.length - 1]) - firstPage + 1;
      this.pages = new AtomicReferenceArray<>(count);
      this.memory = new long[count];
      int[] matching = new int[count];
      for (int row : rows) {
        matching[column.pageOfRow(row) - firstPage]++;
      }
      this.left = new AtomicIntegerArray(matching);
      this.locks = new Object[Math.min(count, MAX_LOCKS)];
      Arrays.setAll(locks, _ -> new Object());
    }

    @Override
    public Chunks forReader() {
      return new Chunks(column, rows, fetched, budget, objectName);
    }

    /// The page of a row that the reader has not passed.
    ///
    /// @throws QueryException.TooExpensive where memory is not free and the reader does not wait
    ValuePage page(int row, MemoryWait wait) throws CorruptBlockException {
      int p = indexOfPage(row);
      ValuePage page = pages.get(p);
      if (page != null) {
        return page;
      }
      synchronized (lock(p)) {
        page = pages.get(p);
        if (page == null) {
          page = decode(p, wait);
          pages.set(p, page);
        }
        return page;
      }
    }

    private Object lock(int p) {
      return locks[p % locks.length];
    }

    /// Counted from the first page that holds a matching row.
    private int indexOfPage(int row) {
      return column.pageOfRow(row) - firstPage;
    }

    private ValuePage decode(int index, MemoryWait wait) throws CorruptBlockException {
      int p = firstPage + index;
      ByteBuffer bytes = fetched.slice(column.range(p));
      int rows = column.endRow(p) - column.firstRow(p);
      try {
        long needed = ValuePage.memoryBytes(column, bytes, rows, objectName);
        reserve(needed, wait);
        memory[index] = needed;
        return ValuePage.decode(column, bytes, rows, objectName);
      } catch (CorruptBlockException e) {
        fetched.invalidate(column.range(p));
        throw e;
      }
    }

    private void reserve(long bytes, MemoryWait wait) {
      switch (wait) {
        case UNTIL_FREE -> budget.reserveMemory(bytes);
        case NONE -> {
          if (!budget.tryReserveMemory(bytes)) {
            throw new QueryException.TooExpensive("no memory for one more thread", 0, bytes);
          }
        }
      }
    }

    int rowInPage(int row) {
      return row - column.firstRow(column.pageOfRow(row));
    }

    /// The reader is done with a row.
    void passed(int row) {
      int p = indexOfPage(row);
      if (left.decrementAndGet(p) == 0) {
        release(p);
      }
    }

    /// A row that was passed will be read once more.
    void unread(int row) {
      left.incrementAndGet(indexOfPage(row));
    }

    /// The page of a row is not needed now; it is decompressed again when it is.
    void drop(int row) {
      release(indexOfPage(row));
    }

    /// The reader needs no more rows.
    void close() {
      for (int p = 0; p < memory.length; p++) {
        release(p);
      }
    }

    private void release(int p) {
      synchronized (lock(p)) {
        pages.set(p, null);
        if (memory[p] > 0) {
          budget.releaseMemory(memory[p]);
          memory[p] = 0;
        }
      }
    }
  }

  /// Samples computed from statistics, which replace those of the rows.
  final class FromStatistics implements MatchedColumn {
    private final StatisticsColumn statistics;
    private final long[] samples;
    private final long[] values;

    /// @param samples how many each matching row has
    /// @param values the value that each row's samples have, as bits
    FromStatistics(StatisticsColumn statistics, long[] samples, long[] values) {
      this.statistics = statistics;
      this.samples = samples;
      this.values = values;
    }

    @Override
    public FromStatistics forReader() {
      return this;
    }

    StatisticsColumn statistics() {
      return statistics;
    }

    long samples(int i) {
      return samples[i];
    }

    double value(int i) {
      return Double.longBitsToDouble(values[i]);
    }
  }
}
