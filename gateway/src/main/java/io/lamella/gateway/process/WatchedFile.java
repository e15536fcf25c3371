package io.lamella.gateway.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of settings, which is read again when it changes. A change that cannot be used is logged,
/// and what was read before stays.
public final class WatchedFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private final String what;
  private final ScheduledTasks changes;
  private String text = "";

  /// The last failure that was logged; empty where there is none since the last good read.
  private String logged = "";

  /// Makes settings of a text.
  ///
  /// @param <T> the settings
  @FunctionalInterface
  public interface Parser<T> {
    /// @throws IllegalArgumentException where the text cannot be used
    T parse(String text);
  }

  /// Takes over a change.
  @FunctionalInterface
  public interface Change {
    /// @throws IOException where what the text asks for cannot be done now
    /// @throws IllegalArgumentException where the text cannot be used
    void apply(String text) throws IOException, InterruptedException;
  }

  /// @param what stands in the file, such as "tenants"
  public WatchedFile(Path file, String what) {
    this.file = file;
    this.what = what;
    changes = new ScheduledTasks(what);
  }

  /// Reads the file for the first time.
  ///
  /// @throws IOException where it cannot be read or used
  public <T> T open(Parser<T> parser) throws IOException {
    try {
      text = read();
      return parser.parse(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(failure(e), e);
    }
  }

  /// Reads the file again when it changes, until this is closed. To be called once, after [#open].
  public void watch(Change change) {
    changes.repeat(INTERVAL, "changes of the " + what, () -> refresh(change));
  }

  /// Reads what has changed.
  public void refresh(Change change) throws InterruptedException {
    try {
      String now = read();
      if (!now.equals(text)) {
        change.apply(now);
        text = now;
        LOG.info("{} read again file=\"{}\"", what, file);
      }
      logged = "";
    } catch (IOException | IllegalArgumentException e) {
      String failure = failure(e);
      if (!failure.equals(logged)) {
        LOG.error("{}; the former ones stay", failure);
        logged = failure;
      }
    }
  }

  private String failure(Exception e) {
    return "cannot read the " + what + ": " + e.getMessage() + " [" + file + "]";
  }

  private String read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("the file has more than 1 MiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException(reason, e);
    }
  }

  @Override
  public void close() {
    changes.close();
  }
}
