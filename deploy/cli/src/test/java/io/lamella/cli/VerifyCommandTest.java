package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.BlockFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// `verify` on converted blocks.
class VerifyCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  private Path bucket() {
    return directory.resolve("bucket");
  }

  private List<Path> blocks() throws IOException {
    try (Stream<Path> all = Files.list(bucket().resolve("blocks"))) {
      return all.sorted().toList();
    }
  }

  private void assertPrints(String text) {
    assertTrue(out.toString().contains(text), () -> "\"" + text + "\" is not in " + out + err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void convertedBlocksAreIntactAndHaveTheSamplesOfTheirSources(String set) throws Exception {
    Path source = RecordedSamples.directory().resolve(set);
    ConvertedBlocks.convert(source, bucket());
    assertEquals(
        0,
        run("verify", "--store", bucket().toString(), "--source", source.toString()),
        () -> out.toString() + err);
    assertPrints(blocks().size() + " blocks, 0 damaged");
  }

  @Test
  void aDamagedBlockIsNamedAndTheOthersAreVerified() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket());
    Path file = BlockFiles.find(blocks().getFirst(), "0.chunks.parquet");
    byte[] bytes = Files.readAllBytes(file);
    bytes[5000] ^= 4;
    Files.write(file, bytes);
    assertEquals(1, run("verify", "--store", bucket().toString()));
    assertPrints(blocks().getFirst().getFileName() + "  DAMAGED");
    assertPrints("column=s_data_0 page=");
    assertPrints("to repair it, delete blocks/" + blocks().getFirst().getFileName());
    assertPrints(blocks().getLast().getFileName() + "  ok");
    assertPrints("3 blocks, 1 damaged");
  }

  @Test
  void hiddenBlocksAreReportedButAreNoDamage() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket());
    Files.delete(blocks().getFirst().resolve("meta.json"));
    Files.writeString(blocks().getLast().resolve("deletion-mark.json"), "{}");
    assertEquals(0, run("verify", "--store", bucket().toString()), () -> out.toString() + err);
    assertPrints("hidden  no meta.json");
    assertPrints("hidden  marked for deletion");
    assertPrints("1 blocks, 0 damaged");

    String gone = blocks().getFirst().getFileName().toString();
    assertEquals(1, run("verify", "--store", bucket().toString(), gone));
    assertPrints("the object is missing [object=blocks/" + gone + "/meta.json]");
  }

  @Test
  void aDifferenceToTheSourceIsReportedWithSeriesAndTime() throws Exception {
    Path source = directory.resolve("source");
    copy(RecordedSamples.directory().resolve("floats"), source);
    ConvertedBlocks.convert(source, bucket());
    changeFirstSample(source);
    assertEquals(1, run("verify", "--store", bucket().toString(), "--source", source.toString()));
    assertPrints("the block has ");
    assertPrints(", the sources ");
    assertPrints(" series={");
  }

  @Test
  void replacedBlocksAreNotComparedWithASourceThatHasChangedSince() throws Exception {
    Path source = directory.resolve("source");
    copy(RecordedSamples.directory().resolve("floats"), source);
    ConvertedBlocks.convert(source, bucket());
    Path changed = changeFirstSample(source);
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1));
    ConvertedBlocks.convert(source, bucket());

    assertEquals(0, run("verify", "--store", bucket().toString(), "--source", source.toString()));

    assertPrints("hidden  replaced by another block");
  }

  @Test
  void labelsThatAFlagGaveToTheSourceAreGivenAgain() {
    String source = RecordedSamples.directory().resolve("floats").toString();
    String label = "--external-label=site=a";
    run("convert", "--from", source, "--to", bucket().toString(), label, "--fold-label=site");

    assertEquals(
        0,
        run("verify", "--store", bucket().toString(), "--source", source, label),
        () -> out.toString() + err);
  }

  @Test
  void aMissingSourceIsReported() throws Exception {
    ConvertedBlocks.convert(RecordedSamples.directory().resolve("floats"), bucket());
    String other = RecordedSamples.directory().resolve("histograms").toString();
    assertEquals(1, run("verify", "--store", bucket().toString(), "--source", other));
    assertPrints("not verified  sources are missing");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path p : all.toList()) {
        Path target = to.resolve(from.relativize(p).toString());
        if (Files.isDirectory(p)) {
          Files.createDirectories(target);
        } else {
          Files.copy(p, target);
        }
      }
    }
  }

  /// Changes the first value of the first chunk of a source, and the chunk's checksum with it.
  private static Path changeFirstSample(Path source) throws IOException {
    Path segment;
    try (Stream<Path> all = Files.walk(source)) {
      segment =
          all.filter(p -> p.endsWith(Path.of("chunks", "000001")))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    byte[] b = Files.readAllBytes(segment);
    int at = 8;
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      length |= (b[at] & 0x7f) << shift;
      if (b[at++] >= 0) {
        break;
      }
    }
    assertEquals(1, b[at], "an XOR chunk is expected first");
    int value = at + 3;
    while (b[value] < 0) {
      value++;
    }
    b[value + 8] ^= 1;
    CRC32C crc = new CRC32C();
    crc.update(b, at, length + 1);
    ByteBuffer.wrap(b).putInt(at + 1 + length, (int) crc.getValue());
    return Files.write(segment, b);
  }
}
