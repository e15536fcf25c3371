package io.lamella.promql.differential;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KnownDifferenceListTest {
  @Test
  void eachKnownDifferenceIsInTheListOfDefects() throws IOException {
    String list = Files.readString(Path.of("UPSTREAM-DEFECTS.md"));
    for (KnownDifference known : KnownDifference.values()) {
      assertTrue(list.contains("| `" + known + "` |"), known.name());
    }
  }
}
