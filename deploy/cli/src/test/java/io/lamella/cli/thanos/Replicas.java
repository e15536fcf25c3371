package io.lamella.cli.thanos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Two replicas with the same samples. Each is converted into a bucket of its own, because the
/// converter takes one source under other labels for a change of it; then the blocks are put
/// together.
final class Replicas {
  private Replicas() {}

  static void publish(Path bucket) throws IOException, InterruptedException {
    for (String replica : List.of("r0", "r1")) {
      Path alone = bucket.resolveSibling(replica).resolve("bucket");
      GrpcGateway.publish("floats", alone, "cluster", "a", "replica", replica);
      try (Stream<Path> files = Files.walk(alone.resolve("blocks"))) {
        for (Path f : files.filter(Files::isRegularFile).toList()) {
          Path to = bucket.resolve(alone.relativize(f).toString());
          Files.createDirectories(to.getParent());
          Files.copy(f, to);
        }
      }
    }
  }
}
