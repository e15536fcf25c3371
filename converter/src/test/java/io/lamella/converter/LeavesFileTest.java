package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The known time ranges of leaves in the target.
class LeavesFileTest {
  private static final Map<Ulid, TimeSpan> RANGES =
      Map.of(new Ulid(0, 1), new TimeSpan(0, 86_400_000), new Ulid(0, 2), new TimeSpan(5, 9));

  private final MemoryObjectStore store = new MemoryObjectStore();

  @Test
  void whatIsWrittenIsRead() {
    LeavesFile.write(store, Map.of(), RANGES);

    assertEquals(RANGES, LeavesFile.read(store));
  }

  @Test
  void whereNoLeafIsLeftTheRangesStay() {
    LeavesFile.write(store, Map.of(), RANGES);
    LeavesFile.write(store, RANGES, Map.of());

    assertEquals(RANGES, LeavesFile.read(store));
  }

  @Test
  void aRangeWithAWrongDigitIsNotBelieved() throws Exception {
    LeavesFile.write(store, Map.of(), RANGES);
    ByteBuffer there = store.readAll(LeavesFile.KEY, 1 << 20);
    byte[] json = new byte[there.remaining()];
    there.get(json);
    String damaged = new String(json, StandardCharsets.UTF_8).replace("86400000", "16400000");

    store.put(LeavesFile.KEY, ByteBuffer.wrap(damaged.getBytes(StandardCharsets.UTF_8)));

    assertEquals(Map.of(), LeavesFile.read(store));
  }
}
