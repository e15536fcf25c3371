package io.lamella.cli;

import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// A real process, started by the launcher, on the class path of the tests. The launcher finds a
/// distribution that consists of one jar, which refers to that class path; a start-up cache is not
/// made.
final class LaunchedProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private LaunchedProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// @param root an empty directory
  /// @param javaOptions more flags of the JVM
  static LaunchedProcess start(Path root, List<String> javaOptions, List<String> arguments)
      throws IOException {
    executable(
        root.resolve("lamella"),
        Files.readString(RecordedSamples.inProject("LICENSE").resolveSibling("lamella")));
    executable(
        root.resolve(".ci/find-jdk"),
        "#!/bin/sh\necho '" + System.getProperty("java.home") + "'\n");
    Path library = Files.createDirectories(root.resolve("deploy/cli/target/lamella/lib"));
    Files.createFile(library.resolveSibling(".built"));
    classPathJar(library.resolve("all.jar"));
    List<String> command = new ArrayList<>(List.of(root.resolve("lamella").toString()));
    command.addAll(arguments);
    Path log = root.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LAMELLA_AOT", "off");
    // Not the tests' own configuration of the log, which is on the class path, too.
    builder
        .environment()
        .put(
            "LAMELLA_JAVA_OPTS",
            "-Dlogback.configurationFile="
                + RecordedSamples.inProject("deploy", "cli", "src")
                    .resolve("main/resources/logback.xml")
                + " "
                + String.join(" ", javaOptions));
    return new LaunchedProcess(
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void classPathJar(Path file) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            String.join(
                " ",
                Arrays.stream(System.getProperty("java.class.path").split(":"))
                    .map(p -> Path.of(p).toUri().toString())
                    .toList()));
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.finish();
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// What the process printed so far.
  String log() throws IOException {
    return Files.readString(log);
  }

  /// Asks the process to end, as a supervisor does.
  void terminate() {
    process.destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for the end and returns the exit code.
  int exitCode() throws Exception {
    return process.onExit().get(30, TimeUnit.SECONDS).exitValue();
  }

  /// Waits until `/-/ready` answers 200.
  void awaitReady(HttpClient client, int port) throws IOException, InterruptedException {
    awaitReady(client, URI.create("http://127.0.0.1:" + port));
  }

  /// Waits until `/-/ready` below this address answers 200.
  void awaitReady(HttpClient client, URI server) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/-/ready")).build();
    while (true) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the process has ended: " + log());
      }
      try {
        if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
