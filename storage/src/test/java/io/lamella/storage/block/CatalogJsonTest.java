package io.lamella.storage.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A written catalog is read unchanged; a damaged one is refused.
class CatalogJsonTest {
  private static final Catalog CATALOG =
      new Catalog(1_767_312_000_123L, List.of(entry(20_000, "\"a1b2\""), entry(20_001, "W/\"\\")));

  private static Catalog.Entry entry(int day, String etag) {
    BlockMeta meta = SampleMetas.meta(day);
    return new Catalog.Entry(
        new ObjectVersion(BlockNames.meta(meta.ulid()), BlockMetaJson.write(meta).length, etag),
        meta);
  }

  /// The catalog with a part of its text replaced and the checksum adapted.
  private static byte[] edited(String part, String by) {
    String json = new String(CatalogJson.write(CATALOG), StandardCharsets.UTF_8);
    String body = json.substring(0, json.lastIndexOf(",\n  \"crc32c\""));
    assertTrue(body.contains(part), body);
    return JsonChecksum.close(body.replace(part, by).getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(byte[] json, String why) {
    IOException e = assertThrows(IOException.class, () -> CatalogJson.read(json));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  @Test
  void aWrittenObjectCanBeRead() throws IOException {
    assertEquals(CATALOG, CatalogJson.read(CatalogJson.write(CATALOG)));
    Catalog empty = new Catalog(0, List.of());
    assertEquals(empty, CatalogJson.read(CatalogJson.write(empty)));
  }

  @Test
  void theCatalogContainsEachMetaAsInItsOwnObject() {
    String json = new String(CatalogJson.write(CATALOG), StandardCharsets.UTF_8);
    for (Catalog.Entry e : CATALOG.entries()) {
      assertTrue(json.contains(new String(BlockMetaJson.write(e.meta()), StandardCharsets.UTF_8)));
    }
  }

  @Test
  void everyFlippedBitIsDetected() {
    byte[] json = CatalogJson.write(CATALOG);
    for (int i = 0; i < json.length * 8; i++) {
      byte[] damaged = json.clone();
      damaged[i / 8] ^= (byte) (1 << i % 8);
      assertThrows(IOException.class, () -> CatalogJson.read(damaged), "bit " + i);
    }
  }

  @Test
  void aMissingEndIsDetected() {
    byte[] json = CatalogJson.write(CATALOG);
    for (int n = 0; n < json.length; n++) {
      byte[] cut = Arrays.copyOf(json, n);
      assertThrows(IOException.class, () -> CatalogJson.read(cut), n + " bytes");
    }
  }

  @Test
  void anotherVersionIsRefused() {
    refused(
        edited("{\n  \"version\": 1,\n  \"written\"", "{\n  \"version\": 2,\n  \"written\""),
        "catalog version 2, expected 1");
  }

  @Test
  void aMetaOfAnotherFormatIsRefused() {
    refused(
        edited("\"meta\": {\n  \"version\": 1", "\"meta\": {\n  \"version\": 9"),
        "format version 9, expected 1");
  }

  @Test
  void unknownMissingAndContradictoryMembersAreRefused() {
    refused(edited("\"written\": ", "\"made\": "), "member \"written\" is missing");
    refused(edited("\"etag\": \"\\\"a1b2\\\"\",", ""), "member \"etag\" is missing");
    refused(edited("\"size\": ", "\"size\": -"), "size -");
    refused(edited("\"written\": ", "\"written\": 99999999999"), "cannot read catalog");
  }

  @Test
  void aCatalogThatListsABlockTwiceIsRefused() {
    Catalog.Entry e = entry(20_000, "\"a\"");
    assertThrows(IllegalArgumentException.class, () -> new Catalog(0, List.of(e, e)));
    Ulid first = CATALOG.entries().getFirst().meta().ulid();
    Ulid second = CATALOG.entries().getLast().meta().ulid();
    refused(edited(second.toString(), first.toString()), " after ");
  }

  @Test
  void moreBytesThanAllowedAreRefused() {
    refused(new byte[(int) CatalogJson.MAX_BYTES + 1], "at most " + CatalogJson.MAX_BYTES);
  }

  @Test
  void aMetaWithoutAnEtagIsNotUsedFromTheCatalogFile() {
    Catalog.Entry tagged = entry(20_000, "\"a\"");
    Catalog catalog = new Catalog(0, List.of(tagged, entry(20_001, "")));

    assertEquals(Map.of(tagged.version(), tagged.meta()), catalog.metas());
  }
}
