package io.lamella.storage.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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

  /// The meta with a part of its text replaced and the checksum adapted.
  private static byte[] edited(String part, String by) {
    String json = new String(BlockMetaJson.write(META), StandardCharsets.UTF_8);
    String body = json.substring(0, json.lastIndexOf(",\n  \"crc32c\""));
    assertTrue(body.contains(part), body);
    return JsonChecksum.close(body.replace(part, by).getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(byte[] json, String message) {
    IOException e = assertThrows(IOException.class, () -> BlockMetaJson.read(json, "place"));
    assertEquals("cannot read block meta: " + message, e.getMessage());
  }

  @Test
  void membersInAnotherOrderAreRefused() {
    refused(
        edited("\"series\": 10,\n  \"chunks\": 20", "\"chunks\": 20,\n  \"series\": 10"),
        "member \"chunks\" is missing or not in its place [object=place];"
            + " delete this object and convert this block again");
  }

  @Test
  void aMissingMemberIsRefused() {
    refused(
        edited("\"firstTime\"", "\"first\""),
        "member \"firstTime\" is missing or not in its place [object=place];"
            + " delete this object and convert this block again");
  }

  @Test
  void unknownMembersAreIgnored() throws IOException {
    assertEquals(
        META,
        BlockMetaJson.read(
            edited("\"series\": 10", "\"later\": {\"a\": [1, {}]},\n  \"series\": 10"), "test"));
    assertEquals(
        META,
        BlockMetaJson.read(
            edited("\"rowGroups\": 1", "\"rowGroups\": 1,\n \"later\": null"), "test"));
    assertEquals(META, BlockMetaJson.read(edited("\"kept\": 5", "\"kept\": 5, \"x\": 1"), "test"));
  }

  @Test
  void anUnknownRequirementIsRefused() {
    refused(
        edited("\"requires\": [ ]", "\"requires\": [ \"encryption\" ]"),
        "it requires \"encryption\" [object=place]; use a newer Lamella");
  }

  @Test
  void aMetaFromBeforeTheFinalFormatIsToBeConvertedAgain() {
    refused(
        edited("\"requires\": [ ],\n  ", ""),
        "it was written before format 1 was final [object=place]; delete this object and convert this block again");
  }

  @Test
  void filesOutsideTheDirectoryOfTheirDigestAreRefused() {
    String directory = BlockNames.digest(META.shards());
    byte[] json = edited(directory + "/1.labels", "0123456789abcdef/1.labels");
    IOException e = assertThrows(IOException.class, () -> BlockMetaJson.read(json, "place"));
    assertTrue(
        String.valueOf(e.getMessage()).contains("expected in \"" + directory), e::getMessage);
  }

  @Test
  void aDayWithoutSamplesCanBeRemembered() throws IOException {
    BlockMeta empty =
        new BlockMeta(
            META.ulid(),
            META.coverage(),
            META.lineage(),
            new BlockMeta.Structure(META.sortKey(), META.columnMillis(), List.of()),
            BlockMeta.Counts.NONE);

    assertEquals(empty, BlockMetaJson.read(BlockMetaJson.write(empty), "test"));
    assertTrue(empty.isEmpty());
  }

  @Test
  void theDirectoryOfTheFilesChangesWithEachDigest() {
    BlockMeta.Shard first = META.shards().getFirst();
    BlockMeta.Manifest m = first.manifest();
    String before = BlockNames.digest(META.shards());
    String after =
        BlockNames.digest(
            List.of(
                first.withManifest(
                    new BlockMeta.Manifest(m.name(), m.size(), m.crc32c(), "f".repeat(64))),
                META.shards().getLast()));

    assertEquals(16, before.length());
    assertNotEquals(before, after);
  }

  @Test
  void countsThatContradictTheTimeRangeAreRefused() {
    BlockMeta.Counts c = META.counts();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            META.withCounts(
                new BlockMeta.Counts(
                    c.series(), c.chunks(), c.samples(), c.firstMillis(), META.maxTimeMillis())));
    assertThrows(IllegalArgumentException.class, () -> META.withCounts(BlockMeta.Counts.NONE));
  }

  @Test
  void anInputWhoseSamplesDoNotAddUpIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new BlockMeta.Input(META.ulid(), "0123456789abcdef", 10, 1, 1, 7));
  }
}
