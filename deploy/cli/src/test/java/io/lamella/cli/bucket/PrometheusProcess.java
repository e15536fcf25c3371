package io.lamella.cli.bucket;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A program on Prometheus' libraries that answers one line of JSON for each: it writes, compacts
/// and reads blocks, and evaluates queries over parts of them.
final class PrometheusProcess implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path program;
  private Process process;
  private BufferedWriter commands;
  private BufferedReader results;

  /// Prometheus has crashed, as it does on some tombstones; there is nothing to compare.
  static final class Crashed extends IOException {
    private static final long serialVersionUID = 1L;

    Crashed(String command) {
      super("no result of " + command);
    }
  }

  /// @param program an oracle that has the command `serve`
  /// @throws IOException where it has not
  PrometheusProcess(Path program) throws IOException {
    this.program = program;
    this.process = process(program);
    this.commands = commands(process);
    this.results = results(process);
    try {
      run(JSON.createObjectNode().put("op", "close"));
    } catch (IOException e) {
      close();
      throw new IOException(program + " has no command serve", e);
    }
  }

  private static Process process(Path program) throws IOException {
    return new ProcessBuilder(program.toString(), "serve")
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static BufferedWriter commands(Process process) {
    return new BufferedWriter(
        new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  private static BufferedReader results(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// Carries out a command.
  ///
  /// @throws Crashed where Prometheus crashes; the process is started again
  /// @throws IOException where it fails
  JsonNode run(ObjectNode command) throws IOException {
    commands.write(command.toString());
    commands.newLine();
    commands.flush();
    String line = results.readLine();
    if (line == null) {
      process = process(program);
      commands = commands(process);
      results = results(process);
      throw new Crashed(command.path("op").asString());
    }
    JsonNode out = JSON.readTree(line);
    if (out.has("error")) {
      throw new IOException(command.path("op").asString() + ": " + out.get("error").asString());
    }
    return out;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
