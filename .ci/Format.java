import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

/// Checks or rewrites every Java source below a folder with google-java-format: `--check DIR` or `--replace DIR`.
/// Exit code 1 where a file would change.
class Format {
  public static void main(String[] args) throws Exception {
    boolean replace = args[0].equals("--replace");
    List<Path> wrong = new ArrayList<>();
    Formatter formatter = new Formatter();
    Path root = Path.of(args[1]);
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(f -> isSource(root.relativize(f))).sorted().toList()) {
        String source = Files.readString(file);
        String formatted;
        try {
          formatted = formatter.formatSource(
              ImportOrderer.reorderImports(
                  RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.GOOGLE));
        } catch (Exception e) {
          throw new IOException("cannot format " + file + ": " + e.getMessage(), e);
        }
        if (!formatted.equals(source)) {
          wrong.add(file);
          if (replace) {
            Files.writeString(file, formatted);
          }
        }
      }
    }
    if (replace) {
      System.out.println("formatted " + wrong.size() + " files");
    } else if (!wrong.isEmpty()) {
      wrong.forEach(f -> System.err.println("not formatted: " + f));
      System.err.println("run: mvn -N -Pformat process-sources");
      System.exit(1);
    }
  }

  /// `file` is relative to the checkout, which may itself lie below a folder named `src` or `target`.
  private static boolean isSource(Path file) {
    String name = "/" + file;
    return name.endsWith(".java") && name.contains("/src/") && !name.contains("/target/");
  }
}
