package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `ls` and `inspect` on converted blocks.
class ReadOnlyCommandsTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void convert() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory);
  }

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  private List<Path> blocks() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("blocks"))) {
      return all.sorted().toList();
    }
  }

  @Test
  void lsShowsEachBlockAndTheirSum() throws IOException {
    assertEquals(0, run("ls", "--store", directory.toString()), err.toString());
    for (Path b : blocks()) {
      assertTrue(out.toString().contains(b.getFileName().toString()), out.toString());
    }
    assertTrue(out.toString().contains("3 blocks, "), out.toString());
  }

  @Test
  void lsReportsABlockWhoseMetaCannotBeRead() throws IOException {
    Files.writeString(blocks().getFirst().resolve("meta.json"), "{}");
    assertEquals(1, run("ls", "--store", directory.toString()));
    assertTrue(out.toString().contains("unreadable: cannot read block meta"), out.toString());
    assertTrue(out.toString().contains(blocks().getFirst().getFileName().toString()));
  }

  @Test
  void inspectShowsColumnsAndRunsWithAndWithoutAManifest() throws IOException {
    String block = blocks().getFirst().getFileName().toString();
    assertEquals(0, run("inspect", "--store", directory.toString(), block), err.toString());
    assertTrue(out.toString().contains("l_dc_id"), out.toString());
    assertTrue(out.toString().contains("runs of __name__,dc_id"), out.toString());

    Files.delete(BlockFiles.find(blocks().getFirst(), "0.manifest"));
    assertEquals(0, run("inspect", "--store", directory.toString(), block), err.toString());
    assertTrue(out.toString().contains("no manifest"), out.toString());
  }

  @Test
  void inspectOfAnUnknownBlockFails() {
    assertEquals(1, run("inspect", "--store", directory.toString(), "01JWMCKG00S0QAZ6V2XXT01W8K"));
    assertTrue(err.toString().contains("01JWMCKG00S0QAZ6V2XXT01W8K"), err.toString());
    assertEquals(2, run("inspect", "--store", directory.toString(), "nonsense"));
  }
}
