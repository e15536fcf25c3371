package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a change of a web configuration file does.
class WebConfigFileTest {
  private static final String HASH = "$2y$10$" + "a".repeat(53);
  private static final String USERS = "basic_auth_users:\n  grafana: " + HASH + "\n";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(directory.resolve("web.yml"), USERS);
  }

  @Test
  void aChangeIsReadAgain() throws Exception {
    try (WebConfigFile config = WebConfigFile.open(file)) {
      Files.writeString(file, USERS + "  prometheus: " + HASH + "\n");
      config.refresh();
      assertEquals(Set.of("grafana", "prometheus"), config.config().users().keySet());
    }
  }

  @Test
  void afterAWrongChangeTheFormerUsersStay() throws Exception {
    try (WebConfigFile config = WebConfigFile.open(file)) {
      Files.writeString(file, "basic_auth_users:\n  prometheus: plain\n");
      config.refresh();
      assertEquals(Set.of("grafana"), config.config().users().keySet());

      Files.delete(file);
      config.refresh();
      assertEquals(Set.of("grafana"), config.config().users().keySet());
    }
  }

  @Test
  void aFileThatIsBeingWrittenLetsNobodyIn() throws Exception {
    try (WebConfigFile config = WebConfigFile.open(file)) {
      for (String part : List.of("", "# Users\n", "basic_auth_users:\n", "basic_auth_users: {}")) {
        Files.writeString(file, part);
        config.refresh();
        assertEquals(Set.of("grafana"), config.config().users().keySet(), part);
      }
      Files.writeString(file, "basic_auth_users:\n  prometheus: " + HASH + "\n");
      config.refresh();
      assertEquals(Set.of("prometheus"), config.config().users().keySet());
    }
  }

  @Test
  void aChangeTurnsTlsNeitherOnNorOff() throws Exception {
    Certificates certificates = new Certificates(directory);
    certificates.authority("ca");
    certificates.signed("server", "ca");
    String tls = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n";
    try (WebConfigFile config = WebConfigFile.open(file)) {
      Files.writeString(file, tls);
      config.refresh();
      assertFalse(config.isTls());
      assertEquals(Set.of("grafana"), config.config().users().keySet());
    }
    try (WebConfigFile config = WebConfigFile.open(file)) {
      Files.writeString(file, USERS);
      config.refresh();
      assertTrue(config.isTls());
    }
  }

  @Test
  void aFileThatIsNotThereOrTooLargeIsRefused() throws Exception {
    Path absent = directory.resolve("absent.yml");
    assertTrue(message(absent).contains("cannot read the web configuration: cannot read it"));
    assertTrue(message(absent).endsWith("[" + absent + "]"));

    Files.writeString(file, "#".repeat((1 << 20) + 1));
    assertTrue(message(file).contains("more than 1 MiB"));
  }

  private static String message(Path file) {
    return assertThrows(IOException.class, () -> WebConfigFile.open(file)).getMessage();
  }
}
