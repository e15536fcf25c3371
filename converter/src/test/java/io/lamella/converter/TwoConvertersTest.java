package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceSettings;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two converters of the same source and target.
class TwoConvertersTest {
  @TempDir Path directory;

  /// A store in which another run publishes everything right before the first meta.
  private final class OvertakenStore extends ForwardingObjectStore {
    private boolean overtaken;

    OvertakenStore(ObjectStore store) {
      super(store);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
      if (key.name().endsWith("/meta.json") && !overtaken) {
        overtaken = true;
        try {
          convert(store(), "other");
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return super.putIfAbsent(key, bytes);
    }
  }

  private ConversionSummary convert(ObjectStore target, String name) throws Exception {
    ConversionOptions options =
        ConversionOptions.defaults().withWorkDirectory(directory.resolve(name)).withThreads(2);
    try (SourceBlocks sources =
        SourceBlocks.open(
            directory.resolve("source").toString(),
            SourceSettings.of(directory.resolve(name + "-sources")))) {
      return Conversion.run(sources, target, options);
    }
  }

  @Test
  void aDayThatAnotherRunPublishedMeanwhileCountsAsAlreadyThere() throws Exception {
    new TestBucket(directory.resolve("source")).add(0, TestBucket.DAY);

    ConversionSummary s = convert(new OvertakenStore(new MemoryObjectStore()), "overtaken");

    assertEquals(0, s.published());
    assertEquals(1, s.present());
    assertEquals(0, s.samples());
    assertTrue(s.isComplete());
  }
}
