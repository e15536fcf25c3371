package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names that others chose have no power over a terminal.
class TerminalTextTest {
  private static final String HOSTILE =
      "a\u001b[31m b\u009b31m c\r\u0007\u0085 d\u2028e\u2029 f\u202eg\u2066";

  @TempDir Path directory;

  @Test
  void whatATerminalActsOnIsReplaced() {
    String shown = "a\ufffd[31m b\ufffd31m c\ufffd\ufffd\ufffd d\ufffde\ufffd f\ufffdg\ufffd";

    assertEquals(shown, TerminalText.line(HOSTILE));
    assertEquals(shown, BacktestTable.clean(HOSTILE));
    assertEquals(shown, TerminalText.lines(HOSTILE));
  }

  @Test
  void linesKeepTheirEnds() {
    assertEquals("a\ufffdb\ufffd", TerminalText.line("a\nb\t"));
    assertEquals("a\nb\t", TerminalText.lines("a\nb\t"));
  }

  @Test
  void errorsShowValuesOfARequestWithoutControls() throws Exception {
    Path request = directory.resolve("request.json");
    Files.writeString(
        request,
        """
        {"windows": [{"start": "\\u001b]0;title\\u0007", "duration": "1h"}],
         "constraints": [{"name": "a", "expr": "up"}]}
        """);

    CommandRun run =
        CommandRun.of("backtest", "-f", request.toString(), "--url", "http://127.0.0.1:1");

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.err().contains("]0;title"), run::err);
    assertFalse(run.err().contains("\u001b"), run::err);
  }
}
