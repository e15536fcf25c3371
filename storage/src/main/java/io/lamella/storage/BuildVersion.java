package io.lamella.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version of this build, as the POM names it. A snapshot has the number of the release that it
/// will become.
public final class BuildVersion {
  /// For example `0.1.0`.
  public static final String NUMBER = read();

  private BuildVersion() {}

  private static String read() {
    try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("version.properties is missing in the build");
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "").replace("-SNAPSHOT", "");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.properties", e);
    }
  }
}
