package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records the expectations of the conformance scripts again. The build does not run it, because
/// its name does not end in `Test`; `promql/src/test/resources/conformance/PROVENANCE.md` gives the
/// command.
///
/// `-Dlamella.oracle=FILE` names Prometheus' engine as a command, `-Dlamella.conformance=DIR` the
/// scripts to rewrite.
class RecordConformance {
  @TempDir Path work;

  @Test
  void recordEveryScript() throws IOException, InterruptedException {
    String program = System.getProperty("lamella.oracle", "");
    String scripts = System.getProperty("lamella.conformance", "");
    assertFalse(program.isEmpty() || scripts.isEmpty(), "oracle or scripts are not given");
    ConformanceRecorder recorder = new ConformanceRecorder(Path.of(program), work);
    for (Path file : files(Path.of(scripts))) {
      Files.write(
          file,
          file.toString().endsWith(".test")
              ? recorder.script(file.getFileName().toString(), Files.readAllLines(file))
              : recorder.errors(Files.readAllLines(file)));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.toString().endsWith(".test") || f.endsWith("parse_errors.txt"))
          .sorted()
          .toList();
    }
  }
}
