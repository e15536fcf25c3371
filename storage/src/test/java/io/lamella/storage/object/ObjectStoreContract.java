package io.lamella.storage.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ObjectStore.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of every object store. A subclass opens an empty store, or an empty part of one.
public abstract class ObjectStoreContract {
  /// Files beyond this are put in parts.
  protected static final long PART_BYTES = 5L << 20;

  protected ObjectStore store;

  /// An empty store.
  protected abstract ObjectStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  protected static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  protected static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  private static ObjectKey key(String name) {
    return new ObjectKey(name);
  }

  protected List<String> list(String prefix) throws IOException {
    try (Stream<ObjectEntry> all = store.list(prefix)) {
      return all.map(e -> e.key().name()).toList();
    }
  }

  @Test
  void objectsAreListedInKeyOrder() throws IOException {
    for (String name : List.of("b", "a/c", "a/b", "a-", "a0", "ä")) {
      store.put(key(name), bytes(name));
    }

    assertEquals(List.of("a-", "a/b", "a/c", "a0", "b", "ä"), list(""));
  }

  @Test
  void aPrefixIsAnyText() throws IOException {
    for (String name : List.of("x/ab", "x/ac", "x/b", "y")) {
      store.put(key(name), bytes(name));
    }

    assertEquals(List.of("x/ab", "x/ac"), list("x/a"));
    assertEquals(List.of("x/ab", "x/ac", "x/b"), list("x/"));
    assertEquals(List.of(), list("z"));
  }

  @Test
  void aListingReturnsAllPages() throws Exception {
    List<String> expected = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<ObjectVersion>> puts = new ArrayList<>();
      for (int i = 0; i < 1_050; i++) {
        String name = String.format("many/%05d", i);
        expected.add(name);
        puts.add(threads.submit(() -> store.put(key(name), bytes("x"))));
      }
      for (Future<ObjectVersion> put : puts) {
        put.get();
      }
    }

    assertEquals(expected, list("many/"));
  }

  @Test
  void directoriesAreListedOnceEach() throws IOException {
    for (String name : List.of("a/x/1", "a/x/2", "a/y/1", "a/z", "b/1")) {
      store.put(key(name), bytes(name));
    }

    try (Stream<String> top = store.listDirectories("");
        Stream<String> below = store.listDirectories("a/")) {
      assertEquals(List.of("a/", "b/"), top.toList());
      assertEquals(List.of("a/x/", "a/y/"), below.toList());
    }
  }

  @Test
  void headReturnsSizeAndEtagOrNothing() throws IOException {
    ObjectVersion put = store.put(key("a"), bytes("hello"));

    assertEquals(Optional.of(put), store.head(key("a")));
    assertEquals(5, put.size());
    assertEquals(Optional.empty(), store.head(key("b")));
  }

  @Test
  void onlyTheRemainingBytesOfABufferArePut() throws IOException {
    ByteBuffer buffer = bytes("xxhelloyy").position(2).limit(7);

    ObjectVersion version = store.put(key("a"), buffer);

    assertEquals(5, version.size());
    assertEquals("hello", text(store.readAll(key("a"), 5)));
  }

  @Test
  void aWholeObjectIsReadUpToTheLimit() throws IOException {
    store.put(key("a"), bytes("hello"));

    assertEquals("hello", text(store.readAll(key("a"), 5)));
    assertThrows(ObjectStoreException.TooLarge.class, () -> store.readAll(key("a"), 4));
  }

  @Test
  void anEmptyObjectIsAnObject() throws IOException {
    store.put(key("a"), bytes(""));

    assertEquals(0, store.readAll(key("a"), 0).remaining());
    assertEquals(0, store.head(key("a")).orElseThrow().size());
  }

  @Test
  void rangesAreReadExactly() throws IOException {
    ObjectVersion a = store.put(key("a"), bytes("hello"));

    assertEquals("h", text(store.read(a, new ByteRange(0, 1))));
    assertEquals("ell", text(store.read(a, new ByteRange(1, 4))));
    assertEquals("o", text(store.read(a, new ByteRange(4, 5))));
    assertEquals("hello", text(store.read(a, new ByteRange(0, 5))));
  }

  @Test
  void aRangePastTheEndIsRefused() throws IOException {
    ObjectVersion a = store.put(key("a"), bytes("hello"));

    assertThrows(ObjectStoreException.Refused.class, () -> store.read(a, new ByteRange(4, 6)));
  }

  @Test
  void readTailReturnsTheEndOrAllOfAShorterObject() throws IOException {
    ObjectVersion a = store.put(key("a"), bytes("hello"));

    ObjectStore.Tail shorter = store.readTail(key("a"), 2);
    ObjectStore.Tail longer = store.readTail(key("a"), 20);

    assertEquals("lo", text(shorter.bytes()));
    assertEquals("hello", text(longer.bytes()));
    assertEquals(a, shorter.version());
    assertEquals(a, longer.version());
  }

  @Test
  void aReadOfAReplacedObjectFailsAsChanged() throws IOException {
    ObjectVersion a = store.put(key("a"), bytes("hello"));
    store.put(key("a"), bytes("HELLO"));

    assertThrows(ObjectStoreException.Changed.class, () -> store.read(a, new ByteRange(0, 1)));
  }

  @Test
  void readingAMissingObjectFailsAsNotFound() throws IOException {
    ObjectVersion gone = store.put(key("a"), bytes("hello"));
    store.delete(key("a"));

    assertThrows(ObjectStoreException.NotFound.class, () -> store.readAll(key("a"), 10));
    assertThrows(ObjectStoreException.NotFound.class, () -> store.readTail(key("a"), 10));
    assertThrows(ObjectStoreException.NotFound.class, () -> store.read(gone, new ByteRange(0, 1)));
  }

  @Test
  void aPutReplaces() throws IOException {
    store.put(key("a"), bytes("one"));
    store.put(key("a"), bytes("three"));

    assertEquals("three", text(store.readAll(key("a"), 10)));
  }

  @Test
  void filesLargerThanAPartAreStoredWhole(@TempDir Path directory) throws IOException {
    for (int size : new int[] {1_000, (int) PART_BYTES + 1_234}) {
      byte[] content = new byte[size];
      new Random(size).nextBytes(content);
      Path file = Files.write(directory.resolve("f" + size), content);

      ObjectVersion put = store.put(key("files/" + size), file);

      assertEquals(size, put.size());
      assertEquals(put, store.head(key("files/" + size)).orElseThrow());
      assertEquals(ByteBuffer.wrap(content), store.readAll(key("files/" + size), size));
    }
  }

  @Test
  void aFileThatIsPutIfAbsentLeavesAnExistingObjectAsItIs(@TempDir Path directory)
      throws IOException {
    for (int size : new int[] {1_000, (int) PART_BYTES + 1_234}) {
      byte[] content = new byte[size];
      new Random(size).nextBytes(content);
      Path file = Files.write(directory.resolve("f" + size), content);
      ObjectKey key = key("absent/" + size);

      assertEquals(PutOutcome.STORED, store.putIfAbsent(key, file));
      ObjectVersion first = store.head(key).orElseThrow();
      assertEquals(PutOutcome.ALREADY_THERE, store.putIfAbsent(key, file));

      assertEquals(first, store.head(key).orElseThrow());
      assertEquals(ByteBuffer.wrap(content), store.readAll(key, size));
    }
  }

  @Test
  void ofManyWritersThatPutIfAbsentOneWins() throws Exception {
    List<Future<PutOutcome>> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < 16; i++) {
        int writer = i;
        outcomes.add(
            threads.submit(() -> store.putIfAbsent(key("lock"), bytes("writer " + writer))));
      }
    }

    List<Integer> winners = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      if (outcomes.get(i).get() == PutOutcome.STORED) {
        winners.add(i);
      }
    }
    assertEquals(1, winners.size(), () -> "winners " + winners);
    assertEquals("writer " + winners.getFirst(), text(store.readAll(key("lock"), 100)));
  }

  @Test
  void deletingTwiceIsNoFailure() throws IOException {
    store.put(key("a/b"), bytes("x"));

    store.delete(key("a/b"));
    store.delete(key("a/b"));

    assertEquals(Optional.empty(), store.head(key("a/b")));
    assertTrue(list("").isEmpty());
  }

  @Test
  void keysMayContainSpacesPercentSignsAndAnyScript() throws IOException {
    List<String> names = List.of("a b/c%20d", "a+b&c=d?e#f", "ключ/鍵", "q'\"x");
    for (String name : names) {
      store.put(key(name), bytes(name));
    }

    for (String name : names) {
      assertEquals(name, text(store.readAll(key(name), 100)));
    }
    assertEquals(
        names.stream().map(ObjectStoreContract::key).sorted().map(ObjectKey::name).toList(),
        list(""));
  }
}
