package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Source blocks whose checksums match and whose content is impossible cost their days alone, and
/// are named.
class HostileSourceTest extends ConversionCase {
  private int next;

  @BeforeEach
  void open() throws Exception {
    bucket.add(0, DAY);
  }

  /// A block of the tenth day by its meta.
  private Ulid add(Labels labels, List<EncodedChunk> chunks) throws Exception {
    Ulid ulid = new Ulid(10 * DAY << 16, ++next);
    TreeSet<String> symbols = new TreeSet<>();
    labels.forEach((name, value) -> symbols.addAll(List.of(name, value)));
    BlockDescription wide =
        new BlockDescription(ulid, Long.MIN_VALUE, Long.MAX_VALUE, 1, Map.of("cluster", "c"));
    try (BlockWriter writer = BlockWriter.create(bucket.root(), wide, symbols)) {
      writer.add(labels, chunks);
      writer.finish();
    }
    bucket.edit(ulid, "\"minTime\": -?\\d+", "\"minTime\": " + 10 * DAY);
    bucket.edit(ulid, "\"maxTime\": -?\\d+", "\"maxTime\": " + 11 * DAY);
    return ulid;
  }

  private static EncodedChunk chunk(long min, long max) {
    SampleColumns samples = new SampleColumns(1);
    samples.add(min, 1.0);
    EncodedChunk c = ChunkCutter.cut(samples, 0, 1, 120).getFirst();
    return new EncodedChunk(c.encoding(), min, max, 1, c.bytes());
  }

  private void assertCostsItsDayAlone(Ulid hostile) throws Exception {
    ConversionSummary s = convert();

    assertEquals(1, s.published());
    assertTrue(
        s.problems().stream().anyMatch(p -> p.name().equals(hostile.toString())),
        () -> s.problems().toString());
  }

  @Test
  void chunksBeforeTheEpochAreImpossible() throws Exception {
    assertCostsItsDayAlone(
        add(
            Labels.of("__name__", "up"),
            List.of(chunk(-3 * DAY, -3 * DAY), chunk(10 * DAY, 10 * DAY))));
  }

  @Test
  void chunksOfTheFarFutureAreImpossible() throws Exception {
    long far = Long.MAX_VALUE - 11;
    assertCostsItsDayAlone(
        add(Labels.of("__name__", "up"), List.of(chunk(10 * DAY, 10 * DAY), chunk(far, far))));
  }

  @Test
  void aChunkUntilTheEndOfTimeIsImpossible() throws Exception {
    long far = Long.MAX_VALUE - 11;
    Ulid hostile = add(Labels.of("__name__", "up"), List.of(chunk(far, far + 10)));
    lengthenFirstChunk(bucket.directory(hostile).resolve("index"), far);

    assertCostsItsDayAlone(hostile);
  }

  /// The only series has one label, and its one chunk lasts 10 ms; now 11.
  private static void lengthenFirstChunk(Path index, long minTime) throws Exception {
    byte[] bytes = Files.readAllBytes(index);
    byte[] min = new byte[10];
    long zigzag = minTime << 1;
    for (int i = 0; i < 10; i++) {
      min[i] = (byte) (zigzag & 0x7f | (i < 9 ? 0x80 : 0));
      zigzag >>>= 7;
    }
    int at = 0;
    while (!ByteBuffer.wrap(bytes, at, 10).slice().equals(ByteBuffer.wrap(min))) {
      at++;
    }
    // Before it: the number of labels, name, value, the number of chunks.
    int body = at - 4;
    int length = bytes[body - 1];
    bytes[at + 10]++;
    CRC32C crc = new CRC32C();
    crc.update(bytes, body, length);
    ByteBuffer.wrap(bytes).putInt(body + length, (int) crc.getValue());
    Files.write(index, bytes);
  }

  @Test
  void chunksThatGoBackInTimeCostTheirDayAlone() throws Exception {
    add(
        Labels.of("__name__", "up"),
        List.of(chunk(10 * DAY + 5, 10 * DAY + 5), chunk(10 * DAY, 10 * DAY)));

    ConversionSummary s = convert();

    assertTrue(s.published() >= 1, () -> s.problems().toString());
    assertEquals(s.published() == 1, !s.isComplete());
  }

  @Test
  void anEmptyLabelNameCostsItsDayAlone() throws Exception {
    add(Labels.of("", "x"), List.of(chunk(10 * DAY, 10 * DAY)));

    ConversionSummary s = convert();

    assertTrue(s.published() >= 1, () -> s.problems().toString());
    assertEquals(s.published() == 1, !s.isComplete());
  }
}
