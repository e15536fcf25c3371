package io.lamella.cli;

import io.lamella.promql.script.PromqltestRunner;
import io.lamella.promql.script.PromqltestRunner.ScriptResult;
import io.lamella.promql.script.ScriptException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs test scripts in Prometheus' promqltest language.
@Command(
    name = "promqltest",
    mixinStandardHelpOptions = true,
    description =
        "Runs test scripts in Prometheus' promqltest language and reports every result that differs from the expected one; exit code 0 where none does.")
public final class PromqltestCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description = "Scripts, or directories with files that end in .test.")
  private List<Path> paths = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int passed = 0;
    int failed = 0;
    for (Path file : files()) {
      ScriptResult result;
      try {
        result = new PromqltestRunner(new ChunkedStorage()).run(file.toString(), text(file));
      } catch (ScriptException e) {
        out.println(e.getMessage());
        out.println(file + ": malformed");
        failed++;
        continue;
      }
      result.failures().forEach(out::println);
      out.println(
          file + ": " + result.passed() + " passed, " + result.failures().size() + " failed");
      passed += result.passed();
      failed += result.failures().size();
    }
    out.println(passed + " passed, " + failed + " failed");
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IOException(
          "cannot read script " + file + ": no such file, or not UTF-8 text (" + e + ")", e);
    }
  }

  private List<Path> files() throws IOException {
    List<Path> out = new ArrayList<>();
    for (Path p : paths) {
      if (Files.isDirectory(p)) {
        try (Stream<Path> all = Files.walk(p)) {
          all.filter(f -> f.toString().endsWith(".test")).sorted().forEach(out::add);
        }
      } else {
        out.add(p);
      }
    }
    return out;
  }
}
