package io.lamella.gateway.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.object.ObjectKey;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MetadataMemoryTest {
  private static final long MAX = 3 * MetadataMemory.SMALL_BYTES;
  private static final ObjectKey OBJECT = new ObjectKey("0.manifest");

  private final MetadataMemory memory = new MetadataMemory(MAX);

  @Test
  void moreThanThereIsFailsAndNamesTheObject() {
    CorruptBlockException e =
        assertThrows(CorruptBlockException.class, () -> memory.hold(MAX + 1, OBJECT));

    assertEquals(
        "cannot read metadata: it takes 3145729 bytes, at most 3145728 with this heap"
            + " [object=0.manifest]; give the process more memory, or convert this block again",
        e.getMessage());
  }

  @Test
  void largeMetadataWaitsForOtherLargeMetadata() throws Exception {
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    Thread waiting;
    try (MetadataMemory.Held _ = memory.hold(2 * MetadataMemory.SMALL_BYTES, OBJECT)) {
      waiting =
          Thread.ofPlatform()
              .start(() -> {
                try (MetadataMemory.Held _ = memory.hold(2 * MetadataMemory.SMALL_BYTES, OBJECT)) {
                  second.complete(true);
                } catch (CorruptBlockException | InterruptedException e) {
                  second.completeExceptionally(e);
                }
              });
      while (waiting.getState() != Thread.State.WAITING && !second.isDone()) {
        Thread.onSpinWait();
      }
      assertFalse(second.isDone());
    }
    second.get();
    waiting.join();
  }

  @Test
  void smallMetadataNeverWaits() throws Exception {
    try (MetadataMemory.Held _ = memory.hold(MAX, OBJECT);
        MetadataMemory.Held _ = memory.hold(MetadataMemory.SMALL_BYTES - 1, OBJECT)) {
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }
}
