package io.lamella.storage.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A written meta is read unchanged; a damaged one is refused.
class BlockMetaJsonTest {
  private static final BlockMeta META =
      SampleMetas.meta(20_000, Ulid.parse("01JWMCKG00E2XXDV317E7VT75C"));

  @Test
  void aWrittenObjectCanBeRead() throws IOException {
    assertEquals(META, BlockMetaJson.read(BlockMetaJson.write(META), "test"));
  }

  @Test
  void everyFlippedBitIsDetected() {
    byte[] json = BlockMetaJson.write(META);
    for (int i = 0; i < json.length * 8; i++) {
      byte[] damaged = json.clone();
      damaged[i / 8] ^= (byte) (1 << i % 8);
      assertThrows(IOException.class, () -> BlockMetaJson.read(damaged, "test"), "bit " + i);
    }
  }

  @Test
  void aMissingEndIsDetected() {
    byte[] json = BlockMetaJson.write(META);
    for (int n = 0; n < json.length; n++) {
      byte[] cut = Arrays.copyOf(json, n);
      assertThrows(IOException.class, () -> BlockMetaJson.read(cut, "test"), n + " bytes");
    }
  }

  @Test
  void membersInAnotherOrderAreRefused() {
    String json = new String(BlockMetaJson.write(META), StandardCharsets.UTF_8);
    String body =
        json.substring(0, json.lastIndexOf(",\n  \"crc32c\""))
            .replace("\"series\": 10", "\"chunks\": 10");
    byte[] closed = JsonChecksum.close(body.getBytes(StandardCharsets.UTF_8));

    IOException e = assertThrows(IOException.class, () -> BlockMetaJson.read(closed, "place"));

    assertEquals(
        "cannot read block meta: member \"chunks\", expected \"series\" [object=place];"
            + " convert this block again",
        e.getMessage());
  }
}
