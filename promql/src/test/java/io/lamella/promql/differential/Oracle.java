package io.lamella.promql.differential;

import static org.junit.jupiter.api.Assumptions.abort;

import io.lamella.promql.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs Prometheus' engine as a program, built from a copy of its sources or set by
/// `-Dlamella.oracle`.
public final class Oracle {
  private static final int BUILD_MINUTES = 8;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path program;
  private final Path work;

  private Oracle(Path program, Path work) {
    this.program = program;
    this.work = work;
  }

  /// @throws IOException where it cannot be built, with the reason
  public static Oracle build(Path sources, Path work) throws IOException, InterruptedException {
    String given = System.getProperty("lamella.oracle", "");
    if (!given.isEmpty()) {
      return new Oracle(Path.of(given), work);
    }
    Path copy = Files.createDirectories(work.resolve("oracle-src"));
    try (Stream<Path> files = Files.list(sources)) {
      for (Path f : files.filter(Files::isRegularFile).toList()) {
        Files.write(copy.resolve(f.getFileName().toString()), Files.readAllBytes(f));
      }
    }
    Path program = work.resolve("oracle").toAbsolutePath();
    Path log = work.resolve("build.log");
    Process p =
        new ProcessBuilder("go", "build", "-o", program.toString(), ".")
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!p.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
      p.destroyForcibly();
      throw new IOException("go build takes more than " + BUILD_MINUTES + " minutes");
    }
    if (p.exitValue() != 0) {
      throw new IOException("go build: " + Files.readString(log));
    }
    return new Oracle(program, work);
  }

  /// The oracle of `-Dlamella.oracle=FILE`, or one built with Go from `oracle/` of the shared
  /// folder. Without them the test that calls this is skipped.
  ///
  /// @param work a directory for its files
  public static Oracle findOrSkip(Path work) throws IOException, InterruptedException {
    Files.createDirectories(work);
    Path sources = SharedFiles.find("oracle").orElse(null);
    if (sources == null && System.getProperty("lamella.oracle", "").isEmpty()) {
      sources = SharedFiles.findOrSkip("oracle", "random expressions against Prometheus' engine");
    }
    try {
      return build(sources == null ? work : sources, work);
    } catch (IOException e) {
      return abort("the oracle cannot be built here: " + e.getMessage());
    }
  }

  /// True where the result is a runtime error of Prometheus.
  public static boolean hasCrashed(JsonNode answer) {
    String error = answer.path("error").asString("");
    return error.startsWith("unexpected error: runtime error")
        // Prometheus panics when it prints NaN times such a histogram.
        || error.equals("histograms with custom buckets have no zero bucket");
  }

  public Path write(String kind, long seed) throws IOException, InterruptedException {
    Path dir = Files.createTempDirectory(work, kind);
    run(null, List.of("write", "--kind", kind, "--out", dir.toString(), "--seed", "" + seed));
    return dir;
  }

  public List<JsonNode> dump(Path blocks) throws IOException, InterruptedException {
    return run(null, List.of("dump", "--blocks", blocks.toString()));
  }

  public List<JsonNode> eval(Path blocks, List<String> requests, List<String> switches)
      throws IOException, InterruptedException {
    Path in = Files.createTempFile(work, "requests", ".jsonl");
    Files.write(in, requests);
    List<String> args = new ArrayList<>(List.of("eval", "--blocks", blocks.toString()));
    args.addAll(switches);
    return run(in, args);
  }

  private List<JsonNode> run(@org.jspecify.annotations.Nullable Path in, List<String> args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(args);
    Path out = Files.createTempFile(work, "out", ".jsonl");
    Path err = work.resolve("oracle.log");
    ProcessBuilder b =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    if (in != null) {
      b.redirectInput(in.toFile());
    }
    if (b.start().waitFor() != 0) {
      throw new IOException(command + ": " + Files.readString(err));
    }
    List<JsonNode> lines = new ArrayList<>();
    if (args.getFirst().equals("write")) {
      return lines;
    }
    try (Stream<String> text = Files.lines(out)) {
      text.filter(l -> !l.isBlank()).forEach(l -> lines.add(JSON.readTree(l)));
    }
    Files.delete(out);
    return lines;
  }
}
