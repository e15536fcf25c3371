package io.lamella.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Shows how far a backtest is: on a terminal a bar that is drawn anew, elsewhere a line now and
/// then.
final class BacktestProgress implements AutoCloseable {
  private static final int WIDTH = 24;
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;

  /// How it is shown.
  enum Display {
    BAR,
    LINES;

    /// A bar where stderr is a terminal; stdout may go to a file at the same time.
    static Display ofStderr() {
      try {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") ? BAR : LINES;
      } catch (IOException | UnsupportedOperationException e) {
        return System.console() != null && System.console().isTerminal() ? BAR : LINES;
      }
    }
  }

  private final PrintWriter err;
  private final Display display;
  private long shown;
  private boolean drawn;

  BacktestProgress(PrintWriter err, Display display) {
    this.err = err;
    this.display = display;
    this.shown = System.nanoTime() - (display == Display.BAR ? REDRAW_NANOS : LINE_NANOS);
  }

  /// @param line a progress line of a result
  void show(Map<?, ?> line) {
    long now = System.nanoTime();
    double done = number(line, "verdicts_done");
    double all = number(line, "verdicts");
    boolean isLast = done >= all;
    if (!isLast && now - shown < (display == Display.BAR ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    shown = now;
    switch (display) {
      case BAR -> {
        double share = all <= 0 ? 1 : Math.min(1, done / all);
        int filled = (int) (WIDTH * share);
        err.print(
            "\r\u001b[K["
                + "#".repeat(filled)
                + ".".repeat(WIDTH - filled)
                + String.format("] %3.0f%%, ", 100 * share)
                + text(line));
        drawn = true;
      }
      case LINES -> err.println(text(line));
    }
    err.flush();
  }

  /// Tells of something that does not end the backtest.
  void warn(String text) {
    close();
    drawn = false;
    err.println("lamella: " + TerminalText.lines(text));
    err.flush();
  }

  private static String text(Map<?, ?> line) {
    return String.format(
        "%,.0f of %,.0f verdicts, %,.0f GETs, %,.1f MiB read, %,.1f MiB from caches, %s",
        number(line, "verdicts_done"),
        number(line, "verdicts"),
        number(line, "store_requests"),
        number(line, "store_bytes") / (1 << 20),
        number(line, "cached_bytes") / (1 << 20),
        line.containsKey("eta_seconds")
            ? String.format("ETA %.0f s", Math.ceil(number(line, "eta_seconds")))
            : "ETA -");
  }

  private static double number(Map<?, ?> line, String name) {
    return line.get(name) instanceof String s ? Double.parseDouble(s) : 0;
  }

  @Override
  public void close() {
    if (drawn) {
      err.println();
      err.flush();
    }
  }
}
