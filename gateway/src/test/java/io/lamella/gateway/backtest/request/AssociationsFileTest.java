package io.lamella.gateway.backtest.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.association.Association;
import io.lamella.model.Matcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AssociationsFileTest {
  private static final String POOLS =
      "associations:\n  - {type: pools, inverse: dcs, metric: 'cap{env=\"x\"}', from: dc, to: pool}\n";

  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("associations.yml"), text);
  }

  @Test
  void anAssociationHasTheSeriesOfItsSelectorInBothDirections() throws Exception {
    try (AssociationsFile opened = AssociationsFile.open(file(POOLS))) {
      Association pools = opened.get().find("pools").orElseThrow();
      Association dcs = opened.get().find("dcs").orElseThrow();

      assertEquals(
          Set.of(Matcher.equal("__name__", "cap"), Matcher.equal("env", "x")),
          Set.copyOf(pools.labels().series()));
      assertEquals(pools.labels(), dcs.labels());
      assertEquals(List.of("dc", "pool"), List.of(pools.from(), pools.to()));
      assertEquals(List.of("pool", "dc"), List.of(dcs.from(), dcs.to()));
    }
  }

  @Test
  void aChangeHoldsAndOneThatIsWrongDoesNot() throws Exception {
    Path path = file(POOLS);
    try (AssociationsFile opened = AssociationsFile.read(path)) {
      Files.writeString(path, POOLS + "more: 1\n");
      opened.refresh();
      assertEquals(Set.of("dcs", "pools"), opened.get().types());

      Files.writeString(path, POOLS.replace("dcs", "data_centers"));
      opened.refresh();
      assertEquals(Set.of("data_centers", "pools"), opened.get().types());
    }
  }

  @Test
  void anOpenFileIsReadAgainByItself() throws Exception {
    Path path = file(POOLS);
    try (AssociationsFile opened = AssociationsFile.open(path)) {
      Files.writeString(path, POOLS.replace("dcs", "data_centers"));
      while (opened.get().find("data_centers").isEmpty()) {
        Thread.onSpinWait();
      }

      assertEquals(Set.of("data_centers", "pools"), opened.get().types());
    }
  }

  private void assertRefused(String text, String message) throws IOException {
    Path path = file(text);
    IOException e = assertThrows(IOException.class, () -> AssociationsFile.open(path));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("cannot read the associations: " + message),
        e::toString);
    assertTrue(String.valueOf(e.getMessage()).endsWith("[" + path + "]"), e::toString);
  }

  @Test
  void aFileThatIsWrongAtTheStartIsAnErrorThatNamesTheField() throws Exception {
    assertRefused(POOLS + "windows: []\n", "windows: unknown field");
    assertRefused(POOLS.replace("to:", "into:"), "associations[0].to: is missing");
    assertRefused("", "it is empty");
    assertRefused("[]", "it is not an object with named fields");
    assertRefused("associations: [", "it is no YAML");
  }
}
