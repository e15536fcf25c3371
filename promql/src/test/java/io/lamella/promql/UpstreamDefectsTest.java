package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The list of copied defects cannot drift from the code and the recorded results.
class UpstreamDefectsTest {
  private static final Pattern ROW = Pattern.compile("\\| `(.+?)` \\|.*\\| `(\\w+)#(\\w+)` \\|");
  private static final Path CODE = Path.of("src/main/java");
  private static final Path SCRIPTS = Path.of("src/test/resources/conformance");

  private record Defect(String query, String type, String method) {}

  private static List<Defect> copied() throws IOException {
    List<Defect> out = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("UPSTREAM-DEFECTS.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        out.add(new Defect(row.group(1), row.group(2), row.group(3)));
      }
    }
    return out;
  }

  private static List<String> texts(Path folder) throws IOException {
    List<String> out = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path f : files.filter(Files::isRegularFile).toList()) {
        out.add(f.getFileName() + "\n" + Files.readString(f));
      }
    }
    return out;
  }

  @Test
  void theListIsRead() throws IOException {
    assertTrue(copied().size() >= 15, copied().toString());
  }

  @Test
  void eachQueryHasARecordedResult() throws IOException {
    List<String> scripts = texts(SCRIPTS);
    List<String> missing = new ArrayList<>();
    for (Defect d : copied()) {
      if (scripts.stream()
          .noneMatch(
              s -> s.contains(" " + d.query() + "\n") || s.contains("\n" + d.query() + "\n"))) {
        missing.add(d.query());
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void eachDefectIsInTheCodeThatIsNamed() throws IOException {
    List<String> code = texts(CODE);
    List<String> missing = new ArrayList<>();
    for (Defect d : copied()) {
      if (code.stream()
          .noneMatch(
              s -> s.startsWith(d.type() + ".java\n") && s.contains(" " + d.method() + "("))) {
        missing.add(d.type() + "#" + d.method());
      }
    }
    assertEquals(List.of(), missing);
  }
}
