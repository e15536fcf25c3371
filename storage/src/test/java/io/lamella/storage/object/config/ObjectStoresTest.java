package io.lamella.storage.object.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectStoresTest {
  private static final String S3 =
      """
      type: S3
      config:
        bucket: metrics
        endpoint: 127.0.0.1:9
        insecure: true
        access_key: key-in-the-open
        secret_key: $(SECRET)
      """;

  @TempDir Path directory;

  private static String failure(String yaml) {
    return String.valueOf(
        assertThrows(
                IOException.class, () -> ObjectStores.open(yaml, Map.of("SECRET", "hush-hush")))
            .getMessage());
  }

  @Test
  void aDirectoryPathOpensADirectoryStore() throws IOException {
    try (ObjectStore store = ObjectStores.open(directory.toString())) {
      store.put(new ObjectKey("a"), ByteBuffer.allocate(3));
    }

    assertEquals(3, Files.size(directory.resolve("a")));
  }

  @Test
  void aConfigurationFileOpensADirectoryStoreWithPrefix() throws IOException {
    Path file = directory.resolve("bucket.yaml");
    Files.writeString(
        file,
        "type: FILESYSTEM\nprefix: /below/\nconfig:\n  directory: " + directory.resolve("store"));

    try (ObjectStore store = ObjectStores.open(file.toString())) {
      store.put(new ObjectKey("a"), ByteBuffer.allocate(3));
    }

    assertEquals(3, Files.size(directory.resolve("store/below/a")));
  }

  @Test
  void variablesAreReadFromTheEnvironment() throws IOException {
    String yaml = "type: FILESYSTEM\nconfig:\n  directory: $(WHERE)/store\n";

    ObjectStores.open(yaml, Map.of("WHERE", directory.toString())).close();

    assertTrue(Files.isDirectory(directory.resolve("store")));
  }

  @Test
  void anUnsetVariableIsNamedInTheError() {
    String message = failure("type: FILESYSTEM\nconfig:\n  directory: $(NOWHERE)\n");

    assertTrue(message.contains("$(NOWHERE)"), message);
  }

  @Test
  void theDescriptionOfABucketContainsNoSecrets() throws IOException {
    try (ObjectStore store = ObjectStores.open(S3, Map.of("SECRET", "hush-hush"))) {
      assertEquals("s3://metrics at 127.0.0.1:9", store.description());
    }
  }

  @Test
  void anUnknownKeyIsNamedWithItsLineInTheError() {
    String message = failure(S3 + "  bukcet: x\n");

    assertTrue(message.contains("\"config.bukcet\" in line 8"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "90s", "1m30s", "1h", "500ms", "1d", "30s1m", "1m1m"})
  void timesHavePartsInAnyOrder(String duration) throws IOException {
    String yaml = S3 + "  http_config: {idle_conn_timeout: " + duration + "}\n";

    ObjectStores.open(yaml, Map.of("SECRET", "hush-hush")).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"90", "1.5s", "-1s", "1m 30s", "s", "1m30", "1x"})
  void otherTimesAreNamedWithTheirLine(String duration) {
    String message = failure(S3 + "  http_config: {idle_conn_timeout: " + duration + "}\n");

    assertTrue(
        message.contains(
            "\"config.http_config.idle_conn_timeout\" in line 8 is not a duration as 1m30s"),
        message);
  }

  @Test
  void aValueOfTheWrongTypeIsNamedInTheError() {
    String message = failure("type: GCS\nconfig: {}\n");

    assertTrue(message.contains("\"GCS\""), message);
  }

  @Test
  void noErrorMessageContainsASecret() {
    for (String more :
        new String[] {"  part_size: 1\n", "  insecure: maybe\n", "  x: [\n", "? {"}) {
      String message = failure(S3 + more);

      assertFalse(message.contains("hush"), message);
    }
  }
}
