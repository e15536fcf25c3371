package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// A lost meta is made again from the block's files, as it was, or not at all.
class RepairCommandTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path block = Path.of("");
  private byte[] meta = {};

  @BeforeEach
  void convert() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    try (Stream<Path> all = Files.list(directory.resolve("bucket").resolve("blocks"))) {
      block = all.sorted().findFirst().orElseThrow();
    }
    meta = Files.readAllBytes(block.resolve("meta.json"));
  }

  private int repair() {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(
        "repair",
        "--store",
        directory.resolve("bucket").toString(),
        block.getFileName().toString());
  }

  @Test
  void aLostMetaIsWrittenAsItWas() throws IOException {
    Files.delete(block.resolve("meta.json"));

    assertEquals(0, repair(), err::toString);

    assertArrayEquals(meta, Files.readAllBytes(block.resolve("meta.json")));
    assertTrue(out.toString().contains("meta.json written"), out::toString);
  }

  @Test
  void aMetaThatIsThereIsNotOverwritten() throws IOException {
    Files.writeString(block.resolve("meta.json"), "{}");

    assertEquals(0, repair());

    assertEquals("{}", Files.readString(block.resolve("meta.json")));
    assertTrue(out.toString().contains("nothing was written"), out::toString);
  }

  @Test
  void ofAChangedFileNoMetaIsMade() throws IOException {
    Files.delete(block.resolve("meta.json"));
    Path file = BlockFiles.find(block, "0.chunks.parquet");
    byte[] bytes = Files.readAllBytes(file);
    bytes[1000] ^= 1;
    Files.write(file, bytes);

    assertEquals(1, repair());

    assertFalse(Files.exists(block.resolve("meta.json")));
    assertTrue(err.toString().contains("are those of another block"), err::toString);
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(block.resolve("meta.json"));
    Files.delete(BlockFiles.find(block, "0.manifest"));

    assertEquals(1, repair());

    assertTrue(err.toString().contains("0.manifest is missing"), err::toString);
  }
}
