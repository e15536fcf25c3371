package io.lamella.gateway.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiskEntryTest {
  private static final PageKey KEY =
      new PageKey(
          new FileVersion(new ObjectVersion(new ObjectKey("blocks/ü/a.parquet"), 99, "\"e\""), "d"),
          new ByteRange(7, 1007));

  private static ByteBuffer data() {
    byte[] out = new byte[1000];
    new Random(1).nextBytes(out);
    return ByteBuffer.wrap(out);
  }

  private static ByteBuffer encoded() {
    return DiskEntry.encode(KEY, data()).orElseThrow();
  }

  @Test
  void anEncodedEntryIsDecodedToTheSamePage() {
    ByteBuffer bytes = encoded();
    DiskEntry entry = DiskEntry.decode(bytes).orElseThrow();

    assertEquals(KEY, entry.key());
    assertTrue(entry.live());
    assertEquals(bytes.remaining(), entry.length());
    assertEquals(Optional.of(data()), DiskEntry.data(bytes, KEY));
  }

  @Test
  void aFlippedBitAnywhereIsDetected() {
    int length = encoded().remaining();
    for (int bit = 0; bit < 8 * length; bit++) {
      ByteBuffer bytes = encoded();
      bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
      int flipped = bit;
      assertEquals(Optional.empty(), DiskEntry.data(bytes, KEY), () -> "bit " + flipped);
    }
  }

  @Test
  void aTruncatedEntryIsNotDecoded() {
    int length = encoded().remaining();
    for (int l = 0; l < length; l++) {
      int end = l;
      assertEquals(
          Optional.empty(), DiskEntry.data(encoded().limit(end), KEY), () -> end + " bytes");
    }
  }

  @Test
  void anInvalidatedEntryIsSkippedNotRead() {
    ByteBuffer bytes = encoded().putInt(0, DiskEntry.DEAD);
    assertFalse(DiskEntry.decode(bytes).orElseThrow().live());
    assertEquals(Optional.empty(), DiskEntry.data(bytes, KEY));
  }

  @Test
  void anotherKeyDoesNotFindTheData() {
    PageKey other = new PageKey(KEY.file(), new ByteRange(7, 1008));
    assertEquals(Optional.empty(), DiskEntry.data(encoded(), other));
  }

  @Test
  void aKeyThatIsTooLongIsNotEncoded() {
    PageKey longKey =
        new PageKey(
            new FileVersion(new ObjectVersion(new ObjectKey("a"), 1, "e".repeat(4000)), "d"),
            KEY.range());
    assertEquals(Optional.empty(), DiskEntry.encode(longKey, data()));
  }
}
