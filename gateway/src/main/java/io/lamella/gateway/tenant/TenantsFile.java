package io.lamella.gateway.tenant;

import io.lamella.gateway.process.ScheduledTasks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file with the [tenants][TenantsConfig], which is read again when it changes. A change that
/// cannot be used is logged, and what was read before stays.
public final class TenantsFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantsFile.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private final TenantLimits otherwise;
  private final ScheduledTasks changes = new ScheduledTasks("tenants");
  private String text;

  /// The last failure that was logged; empty where there is none since the last good read.
  private String logged = "";

  /// Takes over a change.
  @FunctionalInterface
  public interface Change {
    /// @throws IOException where the blocks of a tenant cannot be listed
    /// @throws IllegalArgumentException where the change is not possible
    void apply(TenantsConfig config) throws IOException, InterruptedException;
  }

  /// @param otherwise limits where the file states none
  public TenantsFile(Path file, TenantLimits otherwise) {
    this.file = file;
    this.otherwise = otherwise;
    this.text = "";
  }

  /// Reads the file for the first time.
  ///
  /// @throws IOException where it cannot be read or used
  public TenantsConfig open() throws IOException {
    try {
      text = read();
      return TenantsConfig.parse(text, otherwise);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(failure(e), e);
    }
  }

  /// Reads the file again when it changes, until this is closed. To be called once, after [#open].
  public void watch(Change change) {
    changes.repeat(INTERVAL, "changes of the tenants", () -> refresh(change));
  }

  /// Reads what has changed.
  void refresh(Change change) throws InterruptedException {
    try {
      String now = read();
      if (!now.equals(text)) {
        change.apply(TenantsConfig.parse(now, otherwise));
        text = now;
        LOG.info("tenants read again file=\"{}\"", file);
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
    return "cannot read the tenants: " + e.getMessage() + " [" + file + "]";
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
