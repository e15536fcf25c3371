package io.lamella.bench.process;

import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Starts Prometheus on the generated blocks, which lie on local disk.
public final class PrometheusProcess {
  private PrometheusProcess() {}

  /// Starts Prometheus.
  ///
  /// @param directory for its data; replaced. It gets hard links to the blocks' files, because
  ///   Prometheus may compact overlapping blocks
  public static StartedServer start(Path binary, Path blocks, Path directory, Path log)
      throws IOException, InterruptedException {
    DirectoryTree.delete(directory);
    link(blocks, directory.resolve("data"));
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(config, "global: {}\n");
    return StartedServer.start(
        "prometheus",
        port ->
            List.of(
                binary.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--storage.tsdb.retention.time=100y",
                "--storage.tsdb.min-block-duration=2h",
                "--storage.tsdb.max-block-duration=2h",
                "--query.timeout=10m",
                "--web.listen-address=127.0.0.1:" + port),
        log);
  }

  /// Copies a directory tree, with hard links instead of copies of files.
  public static void link(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(p).toString());
        if (Files.isDirectory(p)) {
          Files.createDirectories(target);
        } else {
          Files.createLink(target, p);
        }
      }
    }
  }
}
