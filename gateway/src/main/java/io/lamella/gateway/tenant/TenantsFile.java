package io.lamella.gateway.tenant;

import io.lamella.gateway.process.WatchedFile;
import java.io.IOException;
import java.nio.file.Path;

/// A file with the [tenants][TenantsConfig], which is read again when it changes. A change that
/// cannot be used is logged, and what was read before stays.
public final class TenantsFile implements AutoCloseable {
  private final WatchedFile file;
  private final TenantLimits otherwise;

  /// Takes over a change.
  @FunctionalInterface
  public interface Change {
    /// @throws IOException where the blocks of a tenant cannot be listed
    /// @throws IllegalArgumentException where the change is not possible
    void apply(TenantsConfig config) throws IOException, InterruptedException;
  }

  /// @param otherwise limits where the file states none
  public TenantsFile(Path file, TenantLimits otherwise) {
    this.file = new WatchedFile(file, "tenants");
    this.otherwise = otherwise;
  }

  /// Reads the file for the first time.
  ///
  /// @throws IOException where it cannot be read or used
  public TenantsConfig open() throws IOException {
    return file.open(text -> TenantsConfig.parse(text, otherwise));
  }

  /// Reads the file again when it changes, until this is closed. To be called once, after [#open].
  public void watch(Change change) {
    file.watch(text -> change.apply(TenantsConfig.parse(text, otherwise)));
  }

  /// Reads what has changed.
  void refresh(Change change) throws InterruptedException {
    file.refresh(text -> change.apply(TenantsConfig.parse(text, otherwise)));
  }

  @Override
  public void close() {
    file.close();
  }
}
