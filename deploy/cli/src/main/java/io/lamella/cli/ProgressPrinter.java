package io.lamella.cli;

import io.lamella.converter.ConversionProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Shows the progress of a conversion: a progress bar on a terminal, otherwise one line per day.
final class ProgressPrinter implements ConversionProgress, AutoCloseable {
  private static final int WIDTH = 30;

  private final PrintWriter out;
  private final Instant started = Instant.now();
  private final AtomicInteger days = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicLong samples = new AtomicLong();
  private final boolean terminal;
  private volatile boolean closed;

  private ProgressPrinter(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  static ProgressPrinter start(PrintWriter out, boolean terminal) {
    ProgressPrinter printer = new ProgressPrinter(out, terminal);
    if (terminal) {
      Thread.ofVirtual().start(printer::redraw);
    }
    return printer;
  }

  @Override
  public void planned(int planned) {
    days.set(planned);
  }

  @Override
  public void samples(long more) {
    samples.addAndGet(more);
  }

  @Override
  public void dayDone(long dayMillis) {
    int n = done.incrementAndGet();
    if (!terminal) {
      LocalDate day = Instant.ofEpochMilli(dayMillis).atZone(ZoneOffset.UTC).toLocalDate();
      synchronized (out) {
        out.printf(
            "converted %s (%d of %d), %,d samples so far%n", day, n, days.get(), samples.get());
        out.flush();
      }
    }
  }

  private void redraw() {
    while (!closed) {
      draw();
      try {
        Thread.sleep(Duration.ofMillis(200));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void draw() {
    if (closed || days.get() == 0) {
      return;
    }
    int filled = WIDTH * done.get() / days.get();
    double seconds = Math.max(0.001, Duration.between(started, Instant.now()).toMillis() / 1000.0);
    out.printf(
        "\r[%s%s] %d of %d days, %,d samples, %,.0f samples/s ",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        done.get(),
        days.get(),
        samples.get(),
        samples.get() / seconds);
    out.flush();
  }

  @Override
  public synchronized void close() {
    if (terminal && days.get() > 0) {
      draw();
      out.println();
      out.flush();
    }
    closed = true;
  }
}
