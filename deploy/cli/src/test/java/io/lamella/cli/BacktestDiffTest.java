package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are no earlier result to compare with.
class BacktestDiffTest {
  private static final String VERDICT =
      "{\"window\":\"a\",\"constraint\":\"low\",\"verdict\":\"ok\"}";

  @TempDir private Path directory;

  private Path file(String verdicts) throws IOException {
    return Files.writeString(
        directory.resolve("earlier.json"),
        "{\"data\":{\"request\":\"r\",\"engine\":\"e\",\"blocks\":[],\"verdicts\":["
            + verdicts
            + "]}}");
  }

  private static void assertRefused(Path file, String reason) {
    IOException e = assertThrows(IOException.class, () -> BacktestDiff.read(file));
    assertEquals("cannot compare with " + file + ": " + reason, e.getMessage());
  }

  @Test
  void aVerdictThatIsThereTwiceIsRefused() throws Exception {
    assertRefused(
        file(VERDICT + "," + VERDICT.replace("ok", "conflict")),
        "verdicts[1] is a second one of constraint \"low\" on window \"a\"");
  }

  @Test
  void whatIsNoVerdictIsRefused() throws Exception {
    assertRefused(file("5"), "verdicts[0] is no object");
    assertRefused(file(VERDICT.replace("ok", "fine")), "cannot read a verdict: \"fine\" is none");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws Exception {
    assertRefused(
        Files.write(directory.resolve("earlier.json"), new byte[] {(byte) 0xff}),
        "it is not UTF-8");
  }
}
