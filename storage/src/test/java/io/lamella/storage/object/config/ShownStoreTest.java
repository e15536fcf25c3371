package io.lamella.storage.object.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShownStoreTest {
  private static final String YAML =
      """
      type: S3
      config:
        bucket: metrics
        endpoint: user:word@store.example:9000
        access_key: AKIA
        secret_key: $(SECRET)
        unknown: 5
        http_config:
          idle_conn_timeout: 90s
          tls_config: {ca_file: /etc/ca}
      prefix: lamella
      """;
  private static final String SHOWN =
      """
      type: S3
      config:
        bucket: metrics
        endpoint: store.example:9000
        access_key: <secret>
        secret_key: <secret>
        unknown: <secret>
        http_config:
          idle_conn_timeout: 90s
          tls_config:
            ca_file: <secret>
      prefix: lamella
      """;

  @TempDir Path directory;

  @Test
  void onlyValuesThatAreKnownNotToBeSecretAreShown() throws Exception {
    assertEquals(SHOWN, ShownStore.of(YAML));
    assertEquals(SHOWN, ShownStore.of(Files.writeString(directory.resolve("a"), YAML).toString()));
  }

  @Test
  void aDirectoryIsShownAsItsConfiguration() throws Exception {
    assertEquals(
        "type: FILESYSTEM\nconfig:\n  directory: " + directory + "\n",
        ShownStore.of(directory.toString()));
  }

  @Test
  void textThatIsNoYamlIsNotShown() {
    assertThrows(IOException.class, () -> ShownStore.of("a: {b"));
    assertThrows(IOException.class, () -> ShownStore.of("a: &x [1]\nb: *x\n"));
  }
}
