package io.lamella.bench.store;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every request so far, in the order in which they ended, counted; and how many are under way.
/// Thread-safe.
public final class RequestLog implements AutoCloseable {
  private final List<StoreRequest> ended = new ArrayList<>();
  private final Optional<Writer> trace;
  private final boolean keeps;
  private final long zeroNanos = System.nanoTime();
  private int underWay;
  private StoreCounts counts = StoreCounts.NONE;

  private RequestLog(Optional<Writer> trace, boolean keeps) {
    this.trace = trace;
    this.keeps = keeps;
  }

  /// A log that keeps every request, for as long as a benchmark runs.
  public static RequestLog kept() {
    return new RequestLog(Optional.empty(), true);
  }

  /// A log that keeps every request and writes it to a file as well.
  public static RequestLog keptAndWritten(Path file) throws IOException {
    return new RequestLog(Optional.of(writer(file)), true);
  }

  /// A log that only counts, for a server that runs for long.
  public static RequestLog counted() {
    return new RequestLog(Optional.empty(), false);
  }

  /// A log that counts and writes to a file, a line a request: start and length in µs, method,
  /// target, range, status, bytes, parted by tabs.
  public static RequestLog written(Path file) throws IOException {
    return new RequestLog(Optional.of(writer(file)), false);
  }

  private static Writer writer(Path file) throws IOException {
    return new BufferedWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), 1 << 13);
  }

  synchronized StoreCounts counts() {
    return counts;
  }

  synchronized void begin() {
    underWay++;
  }

  synchronized void end(StoreRequest r) {
    underWay--;
    counts = counts.plus(r);
    if (keeps) {
      ended.add(r);
    }
    notifyAll();
    trace.ifPresent(out -> {
      try {
        out.write(
            String.format(
                "%d\t%d\t%s\t%s\t%s\t%d\t%d%n",
                (r.startNanos() - zeroNanos) / 1000,
                (r.endNanos() - r.startNanos()) / 1000,
                r.method(),
                r.target(),
                r.range(),
                r.status(),
                r.bytes()));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the trace: " + e.getMessage(), e);
      }
    });
  }

  /// A place in the log: how many requests that it keeps have ended.
  public synchronized int mark() {
    return ended.size();
  }

  /// The requests that ended since a place.
  public synchronized List<StoreRequest> since(int mark) {
    return List.copyOf(ended.subList(mark, ended.size()));
  }

  /// Waits until no request is under way, or so long.
  ///
  /// @return true where none is
  public synchronized boolean awaitQuiet(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (underWay > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (trace.isPresent()) {
      trace.get().close();
    }
  }
}
