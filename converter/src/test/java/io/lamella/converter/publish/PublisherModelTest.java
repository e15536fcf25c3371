package io.lamella.converter.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two or three converters and two cleaners work on the same blocks in random interleavings: with
/// equal and with different bytes, clocks that are hours apart, uploads of up to twenty hours, lost
/// responses, requests that arrive late, and kills. Every committed block verifies at every moment.
class PublisherModelTest {
  /// `-Dlamella.interleavings=10000` for the full count.
  private static final int RUNS = Integer.getInteger("lamella.interleavings", 1_000);

  private static final long HOUR = 3_600_000;
  private static final int BLOCKS = 2;

  @TempDir Path directory;

  /// The blocks of two kinds of converters: of the same inputs, with different bytes.
  private final List<List<BlockMeta>> variants = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    for (int variant = 0; variant < 2; variant++) {
      List<BlockMeta> metas = new ArrayList<>();
      for (int block = 0; block < BLOCKS; block++) {
        BlockMeta like = SampleMetas.meta(block);
        metas.add(TestFiles.write(like, files(variant, like), 100L * variant + block));
      }
      variants.add(metas);
    }
  }

  private Path files(int variant, BlockMeta meta) {
    return directory.resolve(variant + "/" + meta.ulid());
  }

  /// What goes wrong in the code under test.
  private enum Defect {
    NONE,
    /// The cleaner does not see the leases of writers.
    BLIND_CLEANER,
    /// Writers neither see the leases of cleaners nor look again for the files before the meta.
    BLIND_WRITER
  }

  /// Hides the leases of one role from who reads through it.
  private static ObjectStore without(String role, ObjectStore store) {
    return new ForwardingObjectStore(store) {
      @Override
      public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
        Page<ObjectEntry> page = super.listPage(prefix, token);
        return new Page<>(
            page.entries().stream().filter(e -> !e.key().name().contains("/" + role)).toList(),
            page.next());
      }
    };
  }

  /// Looks for each object once.
  private static ObjectStore remembering(ObjectStore store) {
    Map<ObjectKey, ObjectVersion> seen = new HashMap<>();
    return new ForwardingObjectStore(store) {
      @Override
      public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
        Optional<ObjectVersion> there = Optional.ofNullable(seen.get(key));
        if (there.isEmpty()) {
          there = super.head(key);
          there.ifPresent(v -> seen.put(key, v));
        }
        return there;
      }
    };
  }

  /// One interleaving.
  private final class Run {
    final Simulation simulation;
    final MemoryObjectStore bucket;
    final ObjectStore store;
    final Defect defect;
    final Map<ObjectVersion, BlockMeta> parsed = new HashMap<>();
    final AtomicInteger attempts = new AtomicInteger();
    int committed;

    Run(long seed, Defect defect) {
      simulation = new Simulation(seed);
      bucket = new MemoryObjectStore(simulation::now);
      store = new SimulatedStore(bucket, simulation, this::check);
      this.defect = defect;
    }

    String attempt() {
      return String.format("%016x", attempts.incrementAndGet());
    }

    /// Every committed block has exactly the files that its meta names.
    void check() {
      try {
        for (BlockMeta m : variants.getFirst()) {
          Optional<ObjectVersion> meta = bucket.head(BlockNames.meta(m.ulid()));
          if (meta.isPresent()) {
            whole(meta.get());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void whole(ObjectVersion meta) throws IOException {
      BlockMeta committed = parsed.get(meta);
      if (committed == null) {
        byte[] json = bucket.readAll(meta.key(), BlockMetaJson.MAX_BYTES).array();
        committed = BlockMetaJson.read(json, meta.key().name());
        parsed.put(meta, committed);
      }
      for (ObjectKey key : TestFiles.keys(committed)) {
        if (bucket.head(key).isEmpty()) {
          simulation.fail(new AssertionError("committed, but " + key + " is missing"));
          return;
        }
      }
    }

    void converter(int variant, long offset, int tries) {
      Random random = simulation.random();
      long begins = random.nextLong(30 * HOUR);
      long killed = random.nextInt(3) == 0 ? begins + random.nextLong(20 * HOUR) : Long.MAX_VALUE;
      simulation.start(
          new Simulation.Process(offset, killed),
          begins,
          () -> {
            for (int i = 0; i < tries; i++) {
              publishAll(variant);
              simulation.pause(random.nextLong(3 * HOUR));
            }
          });
    }

    private void publishAll(int variant) {
      for (BlockMeta m : variants.get(variant)) {
        try {
          ObjectStore seen =
              defect == Defect.BLIND_WRITER ? remembering(without("cleaner-", store)) : store;
          Publisher.PublishOutcome outcome =
              new Publisher(seen, simulation.time(), this::attempt)
                  .publish(m, files(variant, m), 1);
          ByteBuffer there =
              bucket.readAll(BlockNames.meta(m.ulid()), BlockMetaJson.MAX_BYTES).duplicate();
          if (outcome == Publisher.PublishOutcome.DONE) {
            committed++;
            assertEquals(ByteBuffer.wrap(BlockMetaJson.write(m)), there, "another block is there");
          }
        } catch (IOException | InterruptedException e) {
          // The next try publishes it.
        }
      }
    }

    void cleaner(long offset) {
      Random random = simulation.random();
      simulation.start(
          new Simulation.Process(offset, Long.MAX_VALUE),
          random.nextLong(10 * HOUR),
          () -> {
            for (int i = 0; i < 12; i++) {
              clean();
              simulation.pause(random.nextLong(6 * HOUR));
            }
          });
    }

    private void clean() {
      ObjectStore seen = defect == Defect.BLIND_CLEANER ? without("writer-", store) : store;
      try {
        new DebrisCleaner(seen, Duration.ofHours(2), simulation.time(), this::attempt).clean();
      } catch (IOException e) {
        // The next round cleans the rest.
      }
    }

    /// Names of all objects below the blocks' directories.
    Set<ObjectKey> objects() {
      Set<ObjectKey> out = new HashSet<>();
      bucket.listPage(BlockNames.BLOCKS, ObjectStore.FIRST_PAGE).entries().stream()
          .map(ObjectEntry::key)
          .forEach(out::add);
      return out;
    }
  }

  private Run run(long seed, Defect defect) throws IOException {
    Run run = new Run(seed, defect);
    Random random = run.simulation.random();
    int converters = 2 + random.nextInt(2);
    for (int i = 0; i < converters; i++) {
      run.converter(random.nextInt(2), random.nextLong(-6 * HOUR, 6 * HOUR), 3);
    }
    run.cleaner(random.nextLong(-6 * HOUR, 6 * HOUR));
    run.cleaner(random.nextLong(-6 * HOUR, 6 * HOUR));
    run.simulation.run();
    return run;
  }

  @Test
  void everyCommittedBlockVerifiesInEveryInterleaving() throws Exception {
    int committed = 0;
    for (int seed = 0; seed < RUNS; seed++) {
      try {
        Run run = run(seed, Defect.NONE);
        committed += run.committed;
        afterwards(run);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(committed >= RUNS, "only " + committed + " blocks were committed");
  }

  /// Without faults, one more run completes the work, and two cleanings leave nothing else.
  private void afterwards(Run run) throws Exception {
    Simulation calm = run.simulation;
    calm.start(
        new Simulation.Process(0, Long.MAX_VALUE),
        4 * HOUR,
        () -> {
          try {
            for (BlockMeta m : variants.getFirst()) {
              new Publisher(run.bucket, calm.time(), run::attempt).publish(m, files(0, m), 1);
            }
            calm.pause(4 * HOUR);
            new DebrisCleaner(run.bucket, Duration.ofHours(2), calm.time(), run::attempt).clean();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    calm.run();
    Set<ObjectKey> expected = new HashSet<>();
    for (BlockMeta m : variants.getFirst()) {
      ObjectKey meta = BlockNames.meta(m.ulid());
      byte[] json = run.bucket.readAll(meta, BlockMetaJson.MAX_BYTES).array();
      BlockMeta committed = BlockMetaJson.read(json, meta.name());
      expected.add(meta);
      expected.addAll(TestFiles.keys(committed));
      for (BlockMeta.Shard s : committed.shards()) {
        byte[] labels =
            run.bucket
                .readAll(BlockNames.directory(m.ulid()).resolve(s.labels().name()), 1 << 20)
                .array();
        assertEquals(s.labels().sha256(), Digests.sha256(labels));
      }
    }
    assertEquals(expected, run.objects());
    assertEquals(
        List.of(), run.bucket.listPage(BlockLease.PREFIX, ObjectStore.FIRST_PAGE).entries());
  }

  private void assertFound(Defect defect) throws IOException {
    for (int seed = 0; seed < 2_000; seed++) {
      try {
        run(seed, defect);
      } catch (AssertionError e) {
        assertTrue(String.valueOf(e.getMessage()).contains("is missing"), e.getMessage());
        return;
      }
    }
    throw new AssertionError("the model does not find " + defect);
  }

  @Test
  void theModelFindsACleanerThatIgnoresLeases() throws Exception {
    assertFound(Defect.BLIND_CLEANER);
  }

  @Test
  void theModelFindsAWriterThatIgnoresCleaners() throws Exception {
    assertFound(Defect.BLIND_WRITER);
  }

  @Test
  void blocksAreOfTheSameInputsAndDifferentBytes() {
    Ulid first = variants.getFirst().getFirst().ulid();
    assertEquals(first, variants.get(1).getFirst().ulid());
    assertTrue(
        !TestFiles.keys(variants.get(0).getFirst())
            .equals(TestFiles.keys(variants.get(1).getFirst())));
  }
}
