package io.lamella.promql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// Finds the conformance files that some machines have beside the project: `-Dlamella.shared=DIR`,
/// or a folder `shared` next to a parent of the working directory.
public final class SharedFiles {
  private SharedFiles() {}

  /// The file or folder; where it is not there, the test that asks is skipped, and both the output
  /// and the report say what was.
  ///
  /// @param what is tested with it
  public static Path findOrSkip(String name, String what) {
    Optional<Path> found = find(name);
    if (found.isEmpty()) {
      String why = "skipped: " + what + ": no shared/" + name + " beside the checkout";
      System.out.println(why);
      Assumptions.abort(why);
    }
    return found.orElseThrow();
  }

  public static Optional<Path> find(String name) {
    String given = System.getProperty("lamella.shared", "");
    if (!given.isEmpty()) {
      return Optional.of(Path.of(given, name)).filter(Files::exists);
    }
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      Path candidate = p.resolve("shared").resolve(name);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
