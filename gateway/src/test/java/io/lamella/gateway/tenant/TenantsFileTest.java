package io.lamella.gateway.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantsFileTest {
  private static final TenantLimits FLAGS =
      new TenantLimits(
          QueueLimits.of(20), FetchLimits.DEFAULT, 1000, Duration.ofMinutes(2), Optional.empty());

  @TempDir Path directory;

  private final List<Set<String>> applied = new ArrayList<>();

  private void apply(TenantsConfig config) {
    applied.add(config.tenants().keySet());
  }

  @Test
  void aChangeHoldsOnceAndOneThatIsWrongDoesNot() throws Exception {
    Path path = Files.writeString(directory.resolve("tenants.yml"), "tenants: {a: }");
    try (TenantsFile file = new TenantsFile(path, FLAGS)) {
      assertEquals(Set.of("a"), file.open().tenants().keySet());
      file.refresh(this::apply);

      Files.writeString(path, "tenants: {a: , ../b: }");
      file.refresh(this::apply);
      assertEquals(List.of(), applied);

      Files.writeString(path, "tenants: {a: , c: }");
      file.refresh(this::apply);
      file.refresh(this::apply);
      assertEquals(List.of(Set.of("a", "c")), applied);
    }
  }

  @Test
  void aChangeThatIsNotPossibleIsTriedAgain() throws Exception {
    Path path = Files.writeString(directory.resolve("tenants.yml"), "tenants: {a: }");
    try (TenantsFile file = new TenantsFile(path, FLAGS)) {
      file.open();
      Files.writeString(path, "tenants: {a: , b: }");
      file.refresh(_ -> {
        throw new IOException("cannot list");
      });
      file.refresh(this::apply);

      assertEquals(List.of(Set.of("a", "b")), applied);
    }
  }

  @Test
  void aFileThatIsWrongAtTheStartIsAnErrorThatNamesIt() {
    try (TenantsFile file = new TenantsFile(directory.resolve("missing.yml"), FLAGS)) {
      IOException e = assertThrows(IOException.class, file::open);

      assertTrue(String.valueOf(e.getMessage()).contains("missing.yml"), e::toString);
    }
  }
}
