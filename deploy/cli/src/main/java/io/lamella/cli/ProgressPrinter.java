package io.lamella.cli;

import io.lamella.converter.ConversionProgress;
import io.lamella.converter.ItemOutcome;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Shows the progress of a conversion: on a terminal a bar for each day that is being converted,
/// otherwise one line for each day that is done. Lines of the log are printed above the bars.
final class ProgressPrinter implements ConversionProgress, AutoCloseable {
  private static final int WIDTH = 24;
  private static final Duration REDRAW = Duration.ofMillis(200);

  private final PrintWriter out;
  private final ConversionMetrics metrics;
  private final boolean terminal;
  private final PrintStream err = System.err;
  private final long started = System.nanoTime();
  private final Map<Ulid, Bar> bars = new LinkedHashMap<>();
  private int days;
  private int done;
  private long samples;
  private int drawn;
  private boolean closed;

  /// A day that is being converted.
  private static final class Bar {
    final WorkItem item;
    final long expected;
    final long started = System.nanoTime();
    long samples;

    Bar(WorkItem item, long expected) {
      this.item = item;
      this.expected = expected;
    }

    String text() {
      double seconds = seconds(started);
      double share = expected <= 0 ? 0 : Math.min(1, (double) samples / expected);
      int filled = (int) (WIDTH * share);
      String eta =
          share <= 0 || share >= 1 ? "-" : Math.round(seconds * (1 - share) / share) + " s";
      return String.format(
          "%s %s [%s%s] %3.0f%%, %,.0f samples/s, ETA %s",
          item.day(),
          item.stream(),
          "#".repeat(filled),
          ".".repeat(WIDTH - filled),
          100 * share,
          samples / seconds,
          eta);
    }
  }

  private ProgressPrinter(PrintWriter out, ConversionMetrics metrics, boolean terminal) {
    this.out = out;
    this.metrics = metrics;
    this.terminal = terminal;
  }

  static ProgressPrinter start(PrintWriter out, ConversionMetrics metrics) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    ProgressPrinter printer = new ProgressPrinter(out, metrics, terminal);
    if (terminal) {
      System.setErr(new PrintStream(printer.new Above(), true, StandardCharsets.UTF_8));
      Thread.ofVirtual().start(printer::redraw);
    }
    return printer;
  }

  /// Prints to the terminal above the bars.
  private final class Above extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      synchronized (ProgressPrinter.this) {
        erase();
        err.write(bytes, from, length);
        err.flush();
      }
    }
  }

  private static double seconds(long since) {
    return Math.max(1e-3, (System.nanoTime() - since) / 1e9);
  }

  @Override
  public synchronized void planned(int planned) {
    days += planned;
    metrics.planned(planned);
  }

  @Override
  public synchronized void started(WorkItem item, long expected) {
    bars.put(item.target(), new Bar(item, expected));
    metrics.started();
  }

  @Override
  public synchronized void samples(WorkItem item, long more) {
    samples += more;
    metrics.samples(more);
    Bar bar = bars.get(item.target());
    if (bar != null) {
      bar.samples += more;
    }
  }

  @Override
  public void dayDone(long dayMillis) {}

  @Override
  public synchronized void ended(WorkItem item, ItemOutcome outcome) {
    done++;
    boolean wasStarted = bars.remove(item.target()) != null;
    metrics.ended(outcome, wasStarted);
    String line =
        switch (outcome) {
          case ItemOutcome.Published(BlockMeta m) ->
              String.format(
                  "converted %s %s (%d of %d), %,d samples; %,.0f samples/s, ETA %s",
                  item.day(),
                  item.stream(),
                  done,
                  days,
                  m.counts().samples(),
                  samples / seconds(started),
                  eta());
          case ItemOutcome.AlreadyThere _ ->
              String.format(
                  "already there %s %s (%d of %d): another run published it",
                  item.day(), item.stream(), done, days);
          case ItemOutcome.Failed(String why) ->
              String.format(
                  "not converted %s %s (%d of %d): %s", item.day(), item.stream(), done, days, why);
        };
    if (terminal) {
      erase();
      err.println(line);
      draw();
    } else {
      out.println(line);
      out.flush();
    }
  }

  private String eta() {
    return done == 0 || done >= days
        ? "-"
        : Math.round(seconds(started) / done * (days - done)) + " s";
  }

  private void redraw() {
    while (true) {
      synchronized (this) {
        if (closed) {
          return;
        }
        erase();
        draw();
      }
      try {
        Thread.sleep(REDRAW);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void erase() {
    if (drawn > 0) {
      err.print("\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
  }

  private void draw() {
    for (Bar b : bars.values()) {
      err.println(b.text());
      drawn++;
    }
    err.flush();
  }

  @Override
  public synchronized void close() {
    if (terminal && !closed) {
      erase();
      System.setErr(err);
    }
    closed = true;
  }
}
