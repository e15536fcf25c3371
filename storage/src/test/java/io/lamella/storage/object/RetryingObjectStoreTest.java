package io.lamella.storage.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectStore.PutOutcome;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryingObjectStoreTest {
  private static final ObjectKey KEY = new ObjectKey("a");

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private final ObjectStore store =
      new RetryingObjectStore(
          counting,
          new RetryingObjectStore.RetryPolicy(
              3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1)));
  private final FakeTime time = new FakeTime();

  /// A clock whose time advances only by the pauses.
  private static final class FakeTime implements RetryingObjectStore.RetryClock {
    private final List<Duration> pauses = new ArrayList<>();
    private Duration now = Duration.ofDays(3);

    @Override
    public long nanos() {
      return now.toNanos();
    }

    @Override
    public void sleep(Duration pause) {
      pauses.add(pause);
      now = now.plus(pause);
    }
  }

  /// A store that always returns 503 with a `Retry-After`.
  private ObjectStore busy(Optional<Duration> retryAfter) {
    return new ForwardingObjectStore(memory) {
      @Override
      public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
        throw new ObjectStoreException.Unavailable("status 503", null, retryAfter.orElse(null));
      }
    };
  }

  private ObjectStore patient(ObjectStore busy, int retries, Duration deadline) {
    return new RetryingObjectStore(
        busy,
        new RetryingObjectStore.RetryPolicy(
            retries, Duration.ofMillis(100), Duration.ofSeconds(4), deadline),
        RetryBudget.unlimited(),
        time);
  }

  private static ByteBuffer bytes(int... all) {
    ByteBuffer out = ByteBuffer.allocate(all.length);
    for (int b : all) {
      out.put((byte) b);
    }
    return out.flip();
  }

  @Test
  void temporaryFailuresAreRetried() throws IOException {
    ObjectVersion a = memory.put(KEY, bytes(1, 2, 3));
    faulty.next(Fault.UNAVAILABLE, Fault.SHORT_BODY, Fault.UNAVAILABLE);

    assertEquals(bytes(2), store.read(a, new ByteRange(1, 2)));
    assertEquals(4, counting.count(Operation.READ));
  }

  @Test
  void afterTheLastRetryTheFailureIsThrown() {
    faulty.next(Fault.UNAVAILABLE, Fault.UNAVAILABLE, Fault.UNAVAILABLE, Fault.UNAVAILABLE);

    assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY));
    assertEquals(4, counting.count(Operation.HEAD));
  }

  @Test
  void eachPageOfAListingIsRetriedByItself() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      String name = String.format("many/%05d", i);
      expected.add(name);
      memory.put(new ObjectKey(name), bytes(1));
    }
    faulty.next(Fault.NONE, Fault.UNAVAILABLE, Fault.NONE, Fault.UNAVAILABLE);

    try (Stream<ObjectEntry> all = store.list("many/")) {
      assertEquals(expected, all.map(e -> e.key().name()).toList());
    }
    assertEquals(3 + 2, counting.count(Operation.LIST));
  }

  @Test
  void aPageOfAListingThatCannotBeReadFailsTheListing() throws IOException {
    for (int i = 0; i < 1_001; i++) {
      memory.put(new ObjectKey("many/" + i), bytes(1));
    }
    faulty.next(Fault.NONE);
    faulty.next(Collections.nCopies(4, Fault.UNAVAILABLE).toArray(Fault[]::new));

    try (Stream<ObjectEntry> all = store.list("many/")) {
      assertThrows(UncheckedObjectStoreException.class, all::toList);
    }
    assertEquals(1 + 4, counting.count(Operation.LIST));
  }

  @Test
  void aRetriedPutSendsAllBytesAgain() throws IOException {
    faulty.next(Fault.UNAVAILABLE);

    store.put(KEY, bytes(1, 2, 3));

    assertEquals(bytes(1, 2, 3), memory.readAll(KEY, 3));
  }

  @Test
  void aReadOfAChangedObjectIsNotRetried() throws IOException {
    ObjectVersion a = memory.put(KEY, bytes(1));
    memory.put(KEY, bytes(2));

    assertThrows(ObjectStoreException.Changed.class, () -> store.read(a, new ByteRange(0, 1)));
    assertEquals(1, counting.count(Operation.READ));
  }

  @Test
  void aReadOfAMissingObjectIsNotRetried() {
    assertThrows(ObjectStoreException.NotFound.class, () -> store.readAll(KEY, 10));
    assertEquals(1, counting.count(Operation.READ_ALL));
  }

  @Test
  void aReadOfARefusedRangeIsNotRetried() throws IOException {
    ObjectVersion a = memory.put(KEY, bytes(1));

    assertThrows(ObjectStoreException.Refused.class, () -> store.read(a, new ByteRange(0, 2)));
    assertEquals(1, counting.count(Operation.READ));
  }

  @Test
  void aPauseIsAtLeastTheRetryAfterOfTheStore() {
    RetryingObjectStore.RetryPolicy policy =
        new RetryingObjectStore.RetryPolicy(
            3, Duration.ofMillis(10), Duration.ofSeconds(2), Duration.ofMinutes(1));

    for (int i = 0; i < 100; i++) {
      Duration pause = policy.pause(i, Optional.of(Duration.ofSeconds(1)));
      assertTrue(pause.compareTo(Duration.ofSeconds(1)) >= 0, pause::toString);
      assertTrue(pause.compareTo(Duration.ofSeconds(2)) <= 0, pause::toString);
      assertTrue(policy.pause(0, Optional.empty()).toMillis() <= 10);
    }
    assertEquals(Duration.ofHours(1), policy.pause(0, Optional.of(Duration.ofHours(1))));
  }

  @Test
  void pausesGrowWithFullJitterUpToTheLongest() {
    ObjectStore store = patient(busy(Optional.empty()), 200, Duration.ofDays(1));

    assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY));

    assertEquals(200, time.pauses.size());
    for (int i = 0; i < 6; i++) {
      long most = 100L << i;
      assertTrue(time.pauses.get(i).toMillis() <= most, time.pauses::toString);
    }
    double mean = time.pauses.stream().skip(10).mapToLong(Duration::toMillis).average().orElse(0);
    assertTrue(mean > 1500 && mean < 2500, () -> "mean " + mean + " of pauses up to 4000");
  }

  @Test
  void noAttemptBeginsAfterTheDeadline() {
    Duration start = time.now;
    ObjectStore store = patient(busy(Optional.empty()), 1000, Duration.ofSeconds(30));

    assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY));

    assertTrue(time.now.minus(start).compareTo(Duration.ofSeconds(30)) <= 0);
    assertTrue(time.pauses.size() > 5 && time.pauses.size() < 200, time.pauses::toString);
  }

  @Test
  void aRetryAfterBeyondTheDeadlineFailsAtOnce() {
    ObjectStore hours = patient(busy(Optional.of(Duration.ofHours(1))), 5, Duration.ofSeconds(30));
    ObjectStore seconds =
        patient(busy(Optional.of(Duration.ofSeconds(10))), 5, Duration.ofSeconds(30));

    assertThrows(ObjectStoreException.Unavailable.class, () -> hours.head(KEY));
    assertEquals(0, time.pauses.size());
    assertThrows(ObjectStoreException.Unavailable.class, () -> seconds.head(KEY));
    assertEquals(Collections.nCopies(3, Duration.ofSeconds(10)), time.pauses);
  }

  @Test
  void anInterruptEndsTheAttempts() throws InterruptedException {
    List<Throwable> seen = new ArrayList<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              faulty.next(Fault.UNAVAILABLE);
              seen.add(assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY)));
              assertTrue(Thread.interrupted());
            });
    reader.join();

    assertEquals(1, seen.size());
    assertEquals(1, counting.count(Operation.HEAD));
  }

  @Test
  void afterALostResponseOurBytesMeanThatThePutSucceeded() throws IOException {
    faulty.next(Fault.LOST_RESPONSE);

    assertEquals(PutOutcome.STORED, store.putIfAbsent(KEY, bytes(1, 2)));
    assertEquals(1, counting.count(Operation.PUT_IF_ABSENT));
  }

  @Test
  void afterALostResponseOtherBytesMeanThatAnotherWriterWon() throws IOException {
    for (ByteBuffer others : new ByteBuffer[] {bytes(9, 9), bytes(9, 9, 9)}) {
      memory.put(KEY, others.duplicate());
      faulty.next(Fault.LOST_RESPONSE);

      assertEquals(PutOutcome.ALREADY_THERE, store.putIfAbsent(KEY, bytes(1, 2)));
      assertEquals(others, memory.readAll(KEY, 3));
    }
  }

  private ObjectStore within(RetryBudget budget) {
    return new RetryingObjectStore(
        counting,
        new RetryingObjectStore.RetryPolicy(
            5, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1)),
        budget,
        time);
  }

  @Test
  void aStoreThatAlwaysFailsReceivesNoMoreRetriesThanTheBudgetAllows() {
    faulty.next(Collections.nCopies(1000, Fault.UNAVAILABLE).toArray(Fault[]::new));
    ObjectStore store = within(new RetryBudget(0.1, 10));

    for (int i = 0; i < 200; i++) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY));
    }

    int retries = counting.count(Operation.HEAD) - 200;
    assertTrue(retries >= 28 && retries <= 30, retries + " retries of 200 requests");
  }

  @Test
  void storesShareABudget() {
    faulty.next(Collections.nCopies(100, Fault.UNAVAILABLE).toArray(Fault[]::new));
    RetryBudget budget = new RetryBudget(0, 5);

    assertThrows(ObjectStoreException.Unavailable.class, () -> within(budget).head(KEY));
    assertThrows(ObjectStoreException.Unavailable.class, () -> within(budget).listPage("", ""));

    assertEquals(6, counting.count(Operation.HEAD));
    assertEquals(1, counting.count(Operation.LIST));
  }

  @Test
  void aBodyThatBreaksOffIsContinuedWhereItStopped() throws IOException {
    ObjectVersion a = memory.put(KEY, bytes(1, 2, 3, 4, 5, 6, 7, 8));
    ObjectVersion unknownTag = new ObjectVersion(KEY, a.size(), "");
    faulty.next(Fault.CUT_BODY, Fault.UNAVAILABLE, Fault.CUT_BODY);

    assertEquals(bytes(2, 3, 4, 5, 6, 7), store.read(unknownTag, new ByteRange(1, 7)));
    assertEquals(
        List.of(new ByteRange(1, 7), new ByteRange(4, 7), new ByteRange(4, 7), new ByteRange(5, 7)),
        counting.reads().stream().map(CountingObjectStore.Read::range).toList());
  }

  @Test
  void aReadThatFailsAfterItsLastByteIsComplete() throws IOException {
    ObjectVersion a = memory.put(KEY, bytes(1, 2, 3, 4));
    ObjectStore failing =
        new ForwardingObjectStore(memory) {
          @Override
          public ByteBuffer read(ObjectVersion object, ByteRange range)
              throws ObjectStoreException {
            throw ObjectStoreException.Unavailable.after(
                new ObjectStoreException.Received(object, super.read(object, range)),
                "cut off after the last byte",
                null);
          }
        };

    assertEquals(
        bytes(2, 3, 4), patient(failing, 0, Duration.ofMinutes(1)).read(a, new ByteRange(1, 4)));
    assertEquals(List.of(), time.pauses);
  }

  @Test
  void anObjectThatIsReplacedWhileAReadIsContinuedHasChanged() throws IOException {
    ObjectVersion unknownTag = new ObjectVersion(KEY, 8, "");
    memory.put(KEY, bytes(1, 2, 3, 4, 5, 6, 7, 8));
    faulty.next(Fault.CUT_BODY);
    ObjectStore replacing =
        new RetryingObjectStore(
            counting,
            new RetryingObjectStore.RetryPolicy(
                3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMinutes(1)),
            RetryBudget.unlimited(),
            new RetryingObjectStore.RetryClock() {
              @Override
              public long nanos() {
                return 0;
              }

              @Override
              public void sleep(Duration pause) {
                memory.put(KEY, bytes(8, 7, 6, 5, 4, 3, 2, 1));
              }
            });

    assertThrows(
        ObjectStoreException.Changed.class, () -> replacing.read(unknownTag, new ByteRange(0, 8)));
  }
}
