package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.schedule.WorkItemJson;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `convert` prints and returns.
class ConvertCommandTest {
  @TempDir Path directory;

  private CommandRun convert(Path from, String... more) {
    String[] all = new String[more.length + 7];
    List<String> flags =
        List.of(
            "convert",
            "--from",
            from.toString(),
            "--to",
            directory.resolve("bucket").toString(),
            "--work-dir",
            directory.resolve("work").toString());
    for (int i = 0; i < flags.size(); i++) {
      all[i] = flags.get(i);
    }
    System.arraycopy(more, 0, all, flags.size(), more.length);
    return CommandRun.of(all);
  }

  @Test
  void aPlanIsALineOfJsonForEachItemAndEachLineConverts() throws Exception {
    CommandRun plan = convert(ConvertedBlocks.demo(), "--plan");
    assertEquals(0, plan.exitCode(), plan::err);
    List<String> lines = plan.out().lines().toList();
    assertEquals(3, lines.size());
    for (String line : lines) {
      WorkItem item = WorkItemJson.read(line);
      assertTrue(!item.blocks().isEmpty());
      CommandRun one = convert(ConvertedBlocks.demo(), "--item", line);
      assertEquals(0, one.exitCode(), one::err);
      assertTrue(one.out().startsWith("published 1 blocks"), one.out());
      assertTrue(one.err().contains("converted " + item.day()), one.err());
    }

    assertEquals("", convert(ConvertedBlocks.demo(), "--plan").out());
  }

  @Test
  void aDamagedBlockEndsInExitCode3AndTheSummaryNamesIt() throws Exception {
    Path from = copy(ConvertedBlocks.demo());
    Path block;
    try (Stream<Path> all = Files.list(from)) {
      block = all.sorted().findFirst().orElseThrow();
    }
    Files.writeString(block.resolve("meta.json"), "{");

    CommandRun run = convert(from, "--summary", "json");

    assertEquals(3, run.exitCode(), run::err);
    Map<?, ?> summary = (Map<?, ?>) JsonTree.parse(run.out());
    assertEquals("false", summary.get("complete"));
    Map<?, ?> problem = (Map<?, ?>) ((List<?>) summary.get("problems")).getFirst();
    assertEquals(String.valueOf(block.getFileName()), problem.get("name"));
    assertEquals("source_block", problem.get("what"));
  }

  private Path copy(Path from) throws IOException {
    Path to = directory.resolve("from");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(p));
        Files.createDirectories(copy.getParent());
        Files.copy(p, copy);
      }
    }
    return to;
  }

  @Test
  void onlyTheSelectedDaysAndStreamsAreConverted() {
    CommandRun none =
        convert(RecordedSamples.directory().resolve("floats"), "--stream", "{no=\"such\"}");
    assertTrue(none.out().startsWith("published 0 blocks"), none.out());
    CommandRun future = convert(RecordedSamples.directory().resolve("floats"), "--min-time", "-1h");
    assertTrue(future.out().startsWith("published 0 blocks"), future.out());
    CommandRun all =
        convert(RecordedSamples.directory().resolve("floats"), "--grace", "48h", "--shard", "0/1");
    assertTrue(all.out().startsWith("published 3 blocks"), all.out());
  }

  @Test
  void watchGoesOnAndServesMetrics() throws Exception {
    Path from = directory.resolve("from");
    Files.createDirectories(from);
    int port = LaunchedProcess.freePort();
    try (LaunchedProcess process =
            LaunchedProcess.start(
                directory.resolve("launched"),
                List.of("-XX:TieredStopAtLevel=1"),
                List.of(
                    "convert",
                    "--from",
                    from.toString(),
                    "--to",
                    directory.resolve("bucket").toString(),
                    "--work-dir",
                    directory.resolve("work").toString(),
                    "--watch=200ms",
                    "--listen",
                    "127.0.0.1:" + port));
        HttpClient client = HttpClient.newHttpClient()) {
      await(client, port, process, "lamella_converter_runs_total{outcome=\"complete\"} 2");
      Path staged = copy(RecordedSamples.directory().resolve("floats"));
      assertEquals(from, staged);
      await(client, port, process, "lamella_converter_blocks_published_total 3");
    }
    DirectoryTree.delete(from);
  }

  private static void await(HttpClient client, int port, LaunchedProcess process, String line)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    while (true) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the process has ended: " + process.log());
      }
      try {
        String text = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        if (text.contains(line)) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
