package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The table "Where is what" of the README names packages and types that exist.
class WhereIsWhatTest {
  private static final Pattern TYPE = Pattern.compile("`([A-Z][A-Za-z0-9]+)[^`]*`");

  /// Source files as paths below `io/lamella`, without `.java`.
  private static Set<String> sources() throws IOException {
    Set<String> out = new HashSet<>();
    for (String module :
        List.of("client", "promql", "storage", "converter", "gateway", "deploy/cli")) {
      Path root =
          RecordedSamples.inProject(module, "src", "main")
              .resolve(Path.of("java", "io", "lamella"));
      try (Stream<Path> all = Files.walk(root)) {
        all.map(root::relativize)
            .map(Path::toString)
            .filter(p -> p.endsWith(".java"))
            .forEach(p -> out.add(p.substring(0, p.length() - ".java".length())));
      }
    }
    return out;
  }

  private static List<String[]> rows() throws IOException {
    String readme =
        Files.readString(RecordedSamples.inProject("LICENSE").resolveSibling("README.md"));
    String section = readme.split("## Where is what", 2)[1].split("\n## ", 2)[0];
    return section
        .lines()
        .filter(l -> l.startsWith("| ") && !l.startsWith("| what"))
        .map(l -> l.substring(2).split(" \\| "))
        .toList();
  }

  /// Whether a type lies in one of the packages that a cell names, or in a package below.
  private static boolean exists(String type, String packages, Set<String> sources) {
    for (String p : packages.split(", ")) {
      String path = p.replace("`", "").replace('.', '/');
      // ".local" continues the package before it.
      if (sources.stream().anyMatch(s -> s.endsWith("/" + type) && s.contains(path + "/" + type))) {
        return true;
      }
    }
    return false;
  }

  @Test
  void everyTypeIsInThePackageOfItsRow() throws IOException {
    Set<String> sources = sources();
    List<String> missing = new ArrayList<>();
    List<String[]> rows = rows();
    for (String[] row : rows) {
      for (String type : TYPE.matcher(row[2]).results().map(m -> m.group(1)).toList()) {
        if (!exists(type, row[1], sources)) {
          missing.add(row[0] + ": " + type + " is not in " + row[1]);
        }
      }
    }
    assertTrue(rows.size() > 20, () -> rows.size() + " rows");
    assertEquals(List.of(), missing);
  }

  @Test
  void everyPackageExists() throws IOException {
    Set<String> sources = sources();
    for (String[] row : rows()) {
      for (String p : row[1].split(", ")) {
        String path = p.replace("`", "").replace('.', '/');
        assertTrue(sources.stream().anyMatch(s -> s.contains(path + "/")), () -> row[0] + ": " + p);
      }
    }
  }
}
