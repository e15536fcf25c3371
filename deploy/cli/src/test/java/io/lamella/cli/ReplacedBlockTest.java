package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.ULID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block is replaced or deleted during a query: after the query has read its metadata and before
/// it reads a page.
class ReplacedBlockTest {
  private static final Ulid NEWER = Ulid.of(DAY, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  private static final String CHUNKS = BlockNames.chunksFile(0);
  private static final String LABELS = BlockNames.labelsFile(0);

  private static final long HOUR_MILLIS = 3_600_000;

  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final InterferingStore interfering = new InterferingStore(memory);
  private final CountingObjectStore store = new CountingObjectStore(interfering);

  /// Runs an action right before pages of a file are read.
  private static final class InterferingStore extends ForwardingObjectStore {
    private String file = CHUNKS;
    private int times;
    private Callable<?> before = () -> 0;

    InterferingStore(ObjectStore store) {
      super(store);
    }

    synchronized void before(String read, int count, Callable<?> action) {
      file = read;
      times = count;
      before = action;
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      // A footer ends with the file; the pages of such a small file are read from its start on.
      if (range.start() == 0) {
        interfere(object.key());
      }
      return super.read(object, range);
    }

    private synchronized void interfere(ObjectKey key) {
      if (key.name().endsWith("/" + file) && times > 0) {
        times--;
        try {
          before.call();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /// Writes a block with `samples` samples in one series.
  private BlockMeta write(int samples, ObjectStore into) throws IOException {
    long[] times = new long[samples];
    for (int i = 0; i < samples; i++) {
      times[i] = DAY + 1000 + i * 15_001L;
    }
    return new HandMadeBlock()
        .add("requests", "1", times)
        .add("zzz", "1", DAY)
        .write(Files.createTempDirectory(directory, "block"), into);
  }

  /// Writes a block that lost its manifest: it is opened by the footers of its files, with their
  /// ETags.
  private void writeWithoutManifest() throws IOException {
    BlockMeta m = write(100, memory);
    memory.delete(BlockNames.directory(ULID).resolve(m.shards().getFirst().manifest().name()));
  }

  private ObjectKey key(String file) throws ObjectStoreException {
    return BlockFiles.find(memory, ULID, file);
  }

  private Object putAgain(String file) throws ObjectStoreException {
    ObjectKey key = key(file);
    return memory.put(key, memory.readAll(key, 1 << 20));
  }

  private Object delete(Ulid block) throws ObjectStoreException {
    try (Stream<ObjectEntry> all = memory.list(BlockNames.directory(block).name() + "/")) {
      all.forEach(e -> memory.delete(e.key()));
    }
    return block;
  }

  private Object publishAgain(int samples) throws IOException {
    delete(ULID);
    return write(samples, memory);
  }

  /// Publishes a block that replaces the first one, and deletes the first one.
  private Object replace(int samples) throws IOException {
    MemoryObjectStore aside = new MemoryObjectStore();
    BlockMeta m = write(samples, aside);
    for (String name : HandMadeBlock.files(m)) {
      memory.put(
          BlockNames.directory(NEWER).resolve(name),
          aside.readAll(BlockNames.directory(ULID).resolve(name), 1 << 20));
    }
    HandMadeBlock.put(m.withUlid(NEWER).withReplaces(List.of(ULID)), memory);
    return delete(ULID);
  }

  private Gateway open() throws IOException, InterruptedException {
    return Gateway.open(store, ConvertedBlocks.fetching(FetchOptions.defaults()));
  }

  private long footers() {
    return store.reads().stream()
        .filter(r -> r.key().name().endsWith(".parquet"))
        .filter(r -> r.range().start() > 0 && r.range().end() == size(r.key()))
        .count();
  }

  private long size(ObjectKey key) {
    return memory.head(key).orElseThrow().size();
  }

  /// Counts samples by the changes of their values, which cannot be computed from statistics, so
  /// that chunks are read.
  private static double samples(Gateway gateway) {
    Value value =
        gateway
            .queries()
            .instant("changes(requests[1h]) + 1", DAY + HOUR_MILLIS, QueryOptions.NONE)
            .value()
            .value();
    return switch (value) {
      case Value.Vector v -> v.samples().isEmpty() ? 0 : v.samples().getFirst().value();
      default -> throw new AssertionError(value);
    };
  }

  private static QueryException.StorageUnavailable failure(Gateway gateway) {
    return assertThrows(QueryException.StorageUnavailable.class, () -> samples(gateway));
  }

  @Test
  void aReplacedObjectIsOpenedAgain() throws Exception {
    writeWithoutManifest();
    try (Gateway gateway = open()) {
      interfering.before(CHUNKS, 1, () -> putAgain(CHUNKS));

      assertEquals(100, samples(gateway));
      assertEquals(3, footers(), "two files, and one of them twice");
    }
  }

  @Test
  void anObjectThatIsReplacedRepeatedlyIsNamedInTheError() throws Exception {
    writeWithoutManifest();
    try (Gateway gateway = open()) {
      interfering.before(CHUNKS, 1000, () -> putAgain(CHUNKS));

      String message = failure(gateway).getMessage();
      assertTrue(message.contains("/" + CHUNKS), message);
      assertTrue(message.contains("run the query again"), message);
      assertEquals(3, footers());
    }
  }

  @Test
  void aBlockPublishedAgainUnderItsNameIsReadWithItsNewMeta() throws Exception {
    write(100, memory);
    try (Gateway gateway = open()) {
      assertEquals(100, samples(gateway));
    }
    try (Gateway gateway = open()) {
      interfering.before(CHUNKS, 1, () -> publishAgain(150));

      assertEquals(150, samples(gateway));
    }
  }

  @Test
  void aQueryContinuesWithTheReplacement() throws Exception {
    write(100, memory);
    try (Gateway gateway = open()) {
      interfering.before(CHUNKS, 1, () -> replace(150));

      assertEquals(150, samples(gateway));
      assertEquals(
          List.of(NEWER), gateway.blocks().blocks().stream().map(BlockMeta::ulid).toList());
    }
  }

  @Test
  void labelQueriesContinueWithTheReplacement() throws Exception {
    write(100, memory);
    try (Gateway gateway = open()) {
      interfering.before(LABELS, 1, () -> replace(150));

      List<Labels> sets =
          gateway
              .queries()
              .labelSets(
                  new LabelsRequest(
                      List.of(List.of(Matcher.of(Matcher.Type.REGEX, "dc_id", ".+"))),
                      new TimeRange(DAY, DAY + HOUR_MILLIS),
                      0),
                  QueryOptions.NONE)
              .value();
      assertEquals(List.of("requests", "zzz"), sets.stream().map(Labels::metricName).toList());
      assertEquals(
          List.of(NEWER), gateway.blocks().blocks().stream().map(BlockMeta::ulid).toList());
    }
  }

  @Test
  void aDeletedBlockHasNoSeries() throws Exception {
    write(100, memory);
    try (Gateway gateway = open()) {
      interfering.before(CHUNKS, 1, () -> delete(ULID));

      assertEquals(0, samples(gateway));
    }
  }

  @Test
  void aMissingObjectOfAPublishedBlockIsNamedInTheError() throws Exception {
    write(100, memory);
    try (Gateway gateway = open()) {
      memory.delete(key(CHUNKS));
      store.reset();

      String message = failure(gateway).getMessage();
      assertTrue(message.contains("/" + CHUNKS), message);
      assertTrue(message.contains("convert the block again"), message);
      assertEquals(1, store.count(Operation.LIST), "the catalog is refreshed early");
      for (int i = 0; i < 10; i++) {
        failure(gateway);
      }
      assertEquals(1, store.count(Operation.LIST), "but not for each query");
    }
  }

  @Test
  void aFailedRefreshReportsTheFirstFailure() throws Exception {
    write(100, memory);
    ForwardingObjectStore once =
        new ForwardingObjectStore(store) {
          private boolean listed;

          @Override
          public Page<ObjectEntry> listPage(String prefix, String token)
              throws ObjectStoreException {
            if (listed) {
              throw new ObjectStoreException.Unavailable("cannot list", null);
            }
            listed = true;
            return super.listPage(prefix, token);
          }
        };
    try (Gateway gateway = Gateway.open(once, ConvertedBlocks.fetching(FetchOptions.defaults()))) {
      delete(ULID);

      String message = failure(gateway).getMessage();
      assertTrue(message.contains(ULID.toString()), message);
      assertTrue(message.contains("refresh of the catalog"), message);
    }
  }
}
