package io.lamella.gateway.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is opened ahead is closed by the query or by the preparation.
@Timeout(20)
class PreparedSelectionsTest {
  private final CountDownLatch opened = new CountDownLatch(2);
  private final CountDownLatch closed = new CountDownLatch(2);

  private final class OpenSet implements SeriesSet {
    private boolean isClosed;

    OpenSet() {
      opened.countDown();
    }

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public Labels labels() {
      return Labels.EMPTY;
    }

    @Override
    public void read(SampleColumns into) {}

    @Override
    public void close() {
      isClosed = true;
      closed.countDown();
    }
  }

  private static Selection selection(long end) {
    return new Selection(List.of(), new TimeRange(0, end), SelectHints.NONE);
  }

  @Test
  void aSelectionThatIsNeverSelectedIsClosedWithThePreparation() throws Exception {
    PreparedSelections selections = new PreparedSelections(_ -> new OpenSet());
    Prepared prepared = selections.start(List.of(selection(1), selection(2), selection(3)));
    opened.await();
    OpenSet selected = (OpenSet) selections.select(selection(3));

    prepared.close();

    assertTrue(closed.await(10, TimeUnit.SECONDS), "the two others are closed");
    assertEquals(false, selected.isClosed, "who selects a set closes it");
  }

  @Test
  void aSelectionThatIsOpenedAfterTheQueryGaveUpIsClosed() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch opening = new CountDownLatch(2);
    PreparedSelections selections =
        new PreparedSelections(_ -> {
          opening.countDown();
          awaitUninterruptibly(held);
          return new OpenSet();
        });
    Prepared prepared = selections.start(List.of(selection(1), selection(2)));
    opening.await();
    Thread.currentThread().interrupt();
    assertThrows(QueryException.Cancelled.class, () -> selections.select(selection(1)));
    assertTrue(Thread.interrupted());
    prepared.close();

    held.countDown();

    assertTrue(closed.await(10, TimeUnit.SECONDS));
  }

  @Test
  void whereAThreadCannotBeStartedTheOthersAreClosed() throws Exception {
    AtomicInteger started = new AtomicInteger();
    PreparedSelections selections =
        new PreparedSelections(
            _ -> new OpenSet(),
            work -> {
              if (started.incrementAndGet() == 3) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return Thread.startVirtualThread(work);
            });

    assertThrows(
        OutOfMemoryError.class,
        () -> selections.start(List.of(selection(1), selection(2), selection(3))));

    assertTrue(closed.await(10, TimeUnit.SECONDS), "the first two are closed");
    assertEquals(false, ((OpenSet) selections.select(selection(3))).isClosed, "and opened anew");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // The work cannot be interrupted.
      }
    }
  }
}
