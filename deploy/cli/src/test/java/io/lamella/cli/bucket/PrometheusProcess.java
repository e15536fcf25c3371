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

  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader results;

  private PrometheusProcess(Process process) {
    this.process = process;
    this.commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    this.results =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// @param program an oracle that has the command `serve`
  /// @throws IOException where it has not
  static PrometheusProcess start(Path program) throws IOException {
    PrometheusProcess out =
        new PrometheusProcess(
            new ProcessBuilder(program.toString(), "serve")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    try {
      out.run(JSON.createObjectNode().put("op", "close"));
      return out;
    } catch (IOException e) {
      out.close();
      throw new IOException(program + " has no command serve", e);
    }
  }

  /// Carries out a command.
  ///
  /// @throws IOException where it fails
  JsonNode run(ObjectNode command) throws IOException {
    commands.write(command.toString());
    commands.newLine();
    commands.flush();
    String line = results.readLine();
    if (line == null) {
      throw new IOException("no result of " + command.path("op").asString());
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
