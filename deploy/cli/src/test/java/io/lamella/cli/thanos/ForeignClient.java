package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A client in another language: an interpreter that may be installed here, and what it needs.
///
/// @param environment of its processes, in addition
/// @param directory for their output
record ForeignClient(String interpreter, Map<String, String> environment, Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Ended(int exitCode, String output, String errors) {}

  /// Aborts the test where a command of the interpreter fails, such as the import of a package.
  ///
  /// @param missing what is then not there
  void orAbort(String missing, String... arguments) throws Exception {
    try {
      if (run(List.of(arguments)).exitCode() == 0) {
        return;
      }
    } catch (IOException e) {
      // There is no such interpreter.
    }
    abort("not run: there is no " + missing);
  }

  /// What a script prints as JSON.
  ///
  /// @param script of the test resources
  JsonNode ask(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script(script)));
    command.addAll(List.of(arguments));
    Ended ended = run(command);
    assertEquals(0, ended.exitCode(), ended::errors);
    return JSON.readTree(ended.output());
  }

  private static String script(String name) throws URISyntaxException {
    return Path.of(ForeignClient.class.getResource("/clients/" + name).toURI()).toString();
  }

  private Ended run(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(interpreter));
    command.addAll(arguments);
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), () -> command + " did not end");
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(),
        Files.readString(output, StandardCharsets.UTF_8),
        Files.readString(errors, StandardCharsets.UTF_8));
  }
}
