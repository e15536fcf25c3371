package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Compares results over overlapping blocks with those of Prometheus' engine, for many seeds. By
/// hand: `CompareOverlaps ORACLE QUERIES KIND FIRST_SEED END_SEED`. The oracle is a command on
/// Prometheus' libraries that writes blocks of a seed and evaluates queries;
/// [OverlappingBlocksTest] has some of its results recorded.
final class CompareOverlaps {
  private CompareOverlaps() {}

  public static void main(String[] args) throws Exception {
    String oracle = args[0];
    Path work = Files.createTempDirectory("lamella-overlaps-");
    int compared = 0;
    int differing = 0;
    for (long seed = Long.parseLong(args[3]); seed < Long.parseLong(args[4]); seed++) {
      Path of = Files.createDirectory(work.resolve("" + seed));
      Path blocks = of.resolve("blocks");
      run(of, oracle, "write", "--kind", args[2], "--out", blocks.toString(), "--seed", "" + seed);
      Path answers = run(of, "sh", "-c", oracle + " eval --blocks " + blocks + " < " + args[1]);
      List<JsonNode> recorded =
          Files.readAllLines(answers).stream().map(l -> new ObjectMapper().readTree(l)).toList();
      recorded = recorded.stream().filter(r -> !isCrash(r)).toList();
      compared += recorded.size();
      List<String> differences = differences(blocks, of.resolve("bucket"), recorded);
      differing += differences.size();
      if (!differences.isEmpty()) {
        System.out.println("seed " + seed + ": " + differences.getFirst());
      }
      DirectoryTree.delete(of);
    }
    System.out.printf("%,d results compared, %,d differ%n", compared, differing);
    DirectoryTree.delete(work);
  }

  /// Prometheus' engine crashes on some blocks with tombstones; there is nothing to compare.
  private static boolean isCrash(JsonNode recorded) {
    return recorded.path("error").asString("").startsWith("unexpected error: runtime error");
  }

  private static Path run(Path directory, String... command) throws Exception {
    Path out = Files.createTempFile(directory, "out", "");
    Path err = directory.resolve("err");
    int code =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(List.of(command) + ": " + Files.readString(err));
    }
    return out;
  }

  /// Converts blocks together and compares the results of the gateway with recorded ones.
  static List<String> differences(Path blocks, Path bucket, List<JsonNode> recorded)
      throws Exception {
    ConvertedBlocks.convert(blocks, bucket);
    return differences(bucket, recorded);
  }

  /// Converts each block by itself, so that the gateway merges them, and compares its results with
  /// recorded ones.
  static List<String> differencesOfSingleBlocks(
      Path blocks, Path directory, List<JsonNode> recorded) throws Exception {
    Path all = directory.resolve("bucket");
    try (Stream<Path> each = Files.list(blocks)) {
      for (Path block : each.sorted().toList()) {
        Path alone = directory.resolve("of-" + block.getFileName());
        copy(block, alone.resolve("blocks").resolve(block.getFileName()));
        ConvertedBlocks.convert(alone.resolve("blocks"), alone.resolve("bucket"));
        copy(alone.resolve("bucket").resolve("blocks"), all.resolve("blocks"));
      }
    }
    return differences(all, recorded);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(p));
        Files.createDirectories(copy.getParent());
        Files.copy(p, copy);
      }
    }
  }

  private static List<String> differences(Path bucket, List<JsonNode> recorded) throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(bucket);
        Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("test", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      RecordedResponses ours = new RecordedResponses("http://127.0.0.1:" + server.port(), client);
      List<String> out = new ArrayList<>();
      for (JsonNode r : recorded) {
        ours.difference(r).ifPresent(out::add);
      }
      return out;
    }
  }
}
