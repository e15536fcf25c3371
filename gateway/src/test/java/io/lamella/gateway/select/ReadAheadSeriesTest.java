package io.lamella.gateway.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource.Prepared;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A selection that another thread decodes has the same series, samples and failures.
class ReadAheadSeriesTest {
  private final Semaphore permits = new Semaphore(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Series `i` has `i % 700` samples, so that batches end anywhere; fails at `failAt`.
  private final class Numbered implements SeriesSet {
    private final int count;
    private final int failAt;
    private int at = -1;

    Numbered(int count, int failAt) {
      this.count = count;
      this.failAt = failAt;
    }

    @Override
    public boolean next() {
      return ++at < count;
    }

    @Override
    public Labels labels() {
      return Labels.of("i", String.valueOf(at));
    }

    @Override
    public void read(SampleColumns into) {
      if (at == failAt) {
        throw new QueryException.CorruptBlock("series " + at, new IllegalStateException());
      }
      for (int s = 0; s < at % 700; s++) {
        into.add(1000L * s, at + s);
      }
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private static void check(SeriesSet read, int i, SampleColumns buffer) {
    assertTrue(read.next());
    assertEquals(Labels.of("i", String.valueOf(i)), read.labels());
    buffer.clear();
    read.read(buffer);
    assertEquals(i % 700, buffer.size());
    for (int s = 0; s < buffer.size(); s++) {
      assertEquals(1000L * s, buffer.times()[s]);
      assertEquals(i + s, buffer.values()[s]);
    }
  }

  private void assertPermitIsFree() throws InterruptedException {
    assertTrue(closed.await(10, TimeUnit.SECONDS));
    assertTrue(permits.tryAcquire(10, TimeUnit.SECONDS));
  }

  @Test
  void allSeriesAreReadInOrderWithTheirSamples() throws InterruptedException {
    SampleColumns buffer = new SampleColumns();
    try (SeriesSet read = ReadAheadSeries.of(new Numbered(3000, -1), permits)) {
      for (int i = 0; i < 3000; i++) {
        check(read, i, buffer);
      }
      assertFalse(read.next());
      assertFalse(read.next());
    }
    assertPermitIsFree();
  }

  @Test
  void samplesAreAppendedToABuffer() {
    SampleColumns buffer = new SampleColumns();
    buffer.add(-5, 7);
    try (SeriesSet read = ReadAheadSeries.of(new Numbered(3, -1), permits)) {
      read.next();
      read.next();
      read.next();
      read.read(buffer);
    }
    assertEquals(3, buffer.size());
    assertEquals(7, buffer.values()[0]);
    assertEquals(3, buffer.values()[2]);
  }

  @Test
  void aFailureIsThrownAfterTheSeriesBeforeIt() throws InterruptedException {
    SampleColumns buffer = new SampleColumns();
    try (SeriesSet read = ReadAheadSeries.of(new Numbered(3000, 1234), permits)) {
      for (int i = 0; i < 1234; i++) {
        check(read, i, buffer);
      }
      assertThrows(QueryException.CorruptBlock.class, read::next);
    }
    assertPermitIsFree();
  }

  @Test
  void closingEarlyEndsTheDecodingThread() throws InterruptedException {
    try (SeriesSet read = ReadAheadSeries.of(new Numbered(1_000_000, -1), permits)) {
      check(read, 0, new SampleColumns());
    }
    assertPermitIsFree();
  }

  @Test
  void aThreadThatCannotBeStartedKeepsNoPermit() throws InterruptedException {
    assertThrows(
        OutOfMemoryError.class,
        () ->
            ReadAheadSeries.of(
                new Numbered(10, -1),
                permits,
                _ -> {
                  throw new OutOfMemoryError("unable to create native thread");
                }));
    assertPermitIsFree();
  }

  /// The decoder of a selection that nobody selects waits for its reader.
  @Test
  void closingAPreparedQueryStopsItsDecoders() throws InterruptedException {
    PreparedSelections selections =
        new PreparedSelections(_ -> ReadAheadSeries.of(new Numbered(1_000_000, -1), permits));
    Prepared prepared =
        selections.start(List.of(new Selection(List.of(), new TimeRange(0, 1), SelectHints.NONE)));
    long end = System.nanoTime() + 10_000_000_000L;
    while (permits.availablePermits() > 0) {
      assertTrue(System.nanoTime() < end, "no decoder is started");
      Thread.onSpinWait();
    }

    prepared.close();

    assertPermitIsFree();
  }

  @Test
  void withoutAPermitTheReaderDecodes() {
    permits.acquireUninterruptibly();
    SeriesSet set = new Numbered(10, -1);
    assertSame(set, ReadAheadSeries.of(set, permits));
  }
}
