package io.lamella.gateway.web;

import io.lamella.storage.object.config.YamlMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where a certificate or a key stands: in a file, or in the configuration itself.
///
/// @param what its key in the configuration
/// @param inline the text where there is no file
public record PemSource(String what, Optional<Path> file, String inline) {
  private static final int MAX_BYTES = 1 << 20;

  /// @return empty where neither is given
  static Optional<PemSource> of(YamlMap yaml, String key, Path directory) {
    String inline = yaml.text(key, "");
    String file = yaml.text(key + "_file", "");
    if (!inline.isEmpty() && !file.isEmpty()) {
      throw new IllegalArgumentException(
          "keys \"tls_server_config." + key + "\" and \"" + key + "_file\" are both given");
    }
    return inline.isEmpty() && file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PemSource(
                file.isEmpty() ? key : key + "_file",
                file.isEmpty() ? Optional.empty() : Optional.of(directory.resolve(file)),
                inline));
  }

  /// @throws IOException where the file cannot be read
  String read() throws IOException {
    return file.isEmpty() ? inline : readText(file.get(), what);
  }

  /// Reads a file of at most a mebibyte.
  static String readText(Path file, String what) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("cannot read " + what + ": more than 1 MiB [" + file + "]");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (java.nio.file.FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException("cannot read " + what + ": " + reason + " [" + file + "]", e);
    }
  }
}
