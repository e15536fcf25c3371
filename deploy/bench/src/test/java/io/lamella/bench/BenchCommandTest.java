package io.lamella.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.cli.Main;
import io.lamella.storage.BuildVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Flags of the benchmark's commands.
class BenchCommandTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(List<String> arguments) {
    CommandLine line = Main.commandLine(new BenchCommand());
    return line.setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments.toArray(String[]::new));
  }

  private static Arguments wrong(String message, String... arguments) {
    return Arguments.of(message, List.of(arguments));
  }

  static Stream<Arguments> wrongUse() {
    return Stream.of(
        wrong("cannot generate size \"XXL\": expected smoke, S, M, L", "--size", "XXL"),
        wrong("cannot model store \"fast\": expected none, r2-like", "--model", "fast"),
        wrong("at least one of each", "--restarts=-1"),
        wrong("'many' is not an int", "--queries", "many"),
        wrong("Unknown option: '--draws=1'", "--draws=1"),
        wrong("should be in KEY=VALUE format", "--peer", "thanos"),
        wrong("Missing required option: '--out=DIR'", "gen"),
        wrong("cannot generate size \"T\"", "gen", "--out", "x", "--size", "T"),
        wrong("Missing required option: '--root=DIR'", "store"),
        wrong("cannot model store \"fast\"", "store", "--root", "x", "--model", "fast"),
        wrong(
            "cannot listen on \"nowhere\": expected HOST:PORT",
            "store",
            "--root",
            "x",
            "--listen",
            "nowhere"),
        wrong("cannot listen on \":70000\"", "store", "--root", "x", "--listen", ":70000"));
  }

  @ParameterizedTest
  @MethodSource("wrongUse")
  void wrongUseHasExitCodeTwoAndAMessage(String message, List<String> arguments) {
    assertEquals(2, run(arguments), err::toString);
    assertTrue(err.toString().contains(message), err::toString);
  }

  @Test
  void aDirectoryWithOtherFilesIsRefused() throws Exception {
    Files.writeString(directory.resolve("photo.jpg"), "x");

    assertEquals(1, run(List.of("--size", "smoke", "--out", directory.toString())));
    assertTrue(err.toString().contains("it holds other files"), err::toString);
  }

  @Test
  void helpNamesTheCommandAsItIsCalledAndTheVersionIsThatOfTheBuild() {
    assertEquals(0, run(List.of("--help")));
    assertTrue(out.toString().startsWith("Usage: lamella bench "), out::toString);
    assertEquals(0, run(List.of("--version")));
    assertTrue(out.toString().contains("lamella " + BuildVersion.NUMBER), out::toString);
  }
}
