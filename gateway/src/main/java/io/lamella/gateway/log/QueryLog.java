package io.lamella.gateway.log;

import io.lamella.gateway.metrics.QueryLogMetrics;
import io.lamella.gateway.metrics.QueryLogMetrics.Line;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends queries to a file, a JSON line each. Thread-safe.
///
/// A query never waits for the disk: it puts its line into a bounded queue, and one thread writes.
/// Lines that find the queue full are dropped and counted. The file is opened again when another
/// file, or none, has its name, so that logrotate needs no signal.
public final class QueryLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryLog.class);

  /// A line is a few hundred bytes, and at most some 100 KiB.
  static final int MAX_QUEUED = 256;

  private static final long CLOSE_MILLIS = 5_000;
  private static final long WARNING_PAUSE_NANOS = 60_000_000_000L;

  private final Duration threshold;
  private final QueryLogMetrics metrics;
  private final RotatedFile file;
  private final BlockingQueue<LoggedQuery> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final Thread writer;
  private volatile boolean closed;
  private long warnedNanos = System.nanoTime() - WARNING_PAUSE_NANOS;

  private QueryLog(RotatedFile file, Duration threshold, QueryLogMetrics metrics) {
    this.file = file;
    this.threshold = threshold;
    this.metrics = metrics;
    writer = Thread.ofPlatform().daemon().name("query-log").unstarted(this::write);
  }

  /// Opens a log of the queries that take at least a time, zero for all.
  ///
  /// @throws IOException where the file cannot be opened for appending
  public static QueryLog open(Path path, Duration threshold, QueryLogMetrics metrics)
      throws IOException {
    QueryLog log = new QueryLog(RotatedFile.open(path), threshold, metrics);
    log.writer.start();
    return log;
  }

  /// Queues the query if it took long enough. Never blocks.
  public void log(LoggedQuery query) {
    if (query.cost().total().compareTo(threshold) >= 0 && (closed || !queue.offer(query))) {
      metrics.count(Line.DROPPED, 1);
    }
  }

  private void write() {
    List<LoggedQuery> batch = new ArrayList<>();
    while (!closed || !queue.isEmpty()) {
      try {
        LoggedQuery first = queue.poll(50, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch);
        StringBuilder lines = new StringBuilder();
        batch.forEach(q -> lines.append(q.line()));
        file.append(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
        metrics.count(Line.WRITTEN, batch.size());
      } catch (InterruptedException e) {
        // The loop ends when the log is closed.
      } catch (IOException | RuntimeException e) {
        metrics.count(Line.FAILED, batch.size());
        warn(e);
      } finally {
        batch.clear();
      }
    }
  }

  private void warn(Exception failure) {
    if (System.nanoTime() - warnedNanos >= WARNING_PAUSE_NANOS) {
      warnedNanos = System.nanoTime();
      LOG.warn(
          "cannot write the query log file=\"{}\" reason=\"{}\"", file.path(), failure.toString());
    }
  }

  /// Writes what is queued, and closes the file.
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(CLOSE_MILLIS);
      file.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      warn(e);
    }
  }
}
