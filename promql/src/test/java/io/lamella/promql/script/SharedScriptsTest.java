package io.lamella.promql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Runs the conformance scripts of Prometheus, where the shared folder has them.
class SharedScriptsTest {
  @Test
  void everyEvalOfTheSharedScriptsPasses() throws IOException {
    Path folder = SharedFiles.findOrSkip("promqltest", "the conformance scripts of Prometheus");
    List<String> failures = new ArrayList<>();
    int passed = 0;
    for (Path file : scripts(folder)) {
      PromqltestRunner.ScriptResult outcome =
          new PromqltestRunner(new MemoryStorage())
              .run(file.getFileName().toString(), Files.readString(file));
      passed += outcome.passed();
      outcome.failures().forEach(f -> failures.add(f.toString()));
    }
    assertEquals(List.of(), failures);
    assertEquals(1553, passed);
  }

  private static List<Path> scripts(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".test")).sorted().toList();
    }
  }
}
