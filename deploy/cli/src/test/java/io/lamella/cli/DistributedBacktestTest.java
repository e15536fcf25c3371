package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.GatewayOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A backtest over several gateways has the result that it has over one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistributedBacktestTest {
  private static final int SEEDS = 15;

  @TempDir private static Path directory;

  private Path bucket = Path.of("");
  private final List<ServedBucket> gateways = new ArrayList<>();

  @BeforeAll
  void serve() throws Exception {
    bucket = bucket("bucket", 1);
    for (int i = 0; i < 3; i++) {
      gateways.add(ServedBucket.open(bucket, "t"));
    }
  }

  @AfterAll
  void stop() {
    gateways.forEach(ServedBucket::close);
  }

  private Path bucket(String name, long seed) throws Exception {
    RandomBlocks.write(directory.resolve(name + "-blocks"), seed);
    ConvertedBlocks.convert(directory.resolve(name + "-blocks"), directory.resolve(name));
    return directory.resolve(name);
  }

  private Path file(String request) throws IOException {
    return Files.writeString(directory.resolve("backtest.yml"), request);
  }

  private String url(int i) {
    return gateways.get(i).url();
  }

  private CommandRun backtest(String request, List<String> urls, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("backtest", "-f", file(request).toString()));
    urls.forEach(u -> all.addAll(List.of("--url", u)));
    all.addAll(List.of(more));
    return CommandRun.of(all.toArray(new String[0]));
  }

  private void assertSame(String request, List<String> urls, String... more) throws IOException {
    CommandRun one = backtest(request, List.of(url(0)), more);
    CommandRun several = backtest(request, urls, more);
    assertEquals(one.out(), several.out(), () -> request + several.err());
    assertEquals(one.exitCode(), several.exitCode(), several::err);
  }

  @Test
  void randomBacktestsHaveTheBytesOfASingleGateway() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      String request = DividedRequest.of(seed);
      assertSame(request, List.of(url(0), url(1)), "-o", "ndjson");
      assertSame(request, List.of(url(2), url(0), url(1)), "-o", "ndjson");
    }
  }

  @Test
  void everyOutputIsThatOfASingleGateway() throws Exception {
    for (String output : List.of("table", "json", "junit", "html")) {
      assertSame(DividedRequest.of(3), List.of(url(0), url(1)), "-o", output);
    }
  }

  @Test
  void windowsThatHistoryTellsAreTheSameEverywhere() throws Exception {
    CommandRun run = backtest(DividedRequest.recorded(), List.of(url(0), url(1)), "-o", "ndjson");

    assertTrue(run.out().contains("\"recorded_windows\":[{"), run::toString);
    assertSame(DividedRequest.recorded(), List.of(url(0), url(1)), "-o", "ndjson");
    assertSame(DividedRequest.recorded(), List.of(url(1), url(2)), "-o", "html");
  }

  @Test
  void aResultIsResumedAndComparedAsWithASingleGateway() throws Exception {
    String request = DividedRequest.of(5);
    CommandRun whole = backtest(request, List.of(url(0)), "-o", "ndjson");
    List<String> lines = whole.out().lines().toList();
    Path part =
        Files.writeString(
            directory.resolve("part.ndjson"),
            String.join("\n", lines.subList(0, lines.size() / 2)));
    CommandRun earlier =
        backtest(request.replace("limit: [0, 1, 2]", "limit: [1]"), List.of(url(0)), "-o", "json");
    Path before = Files.writeString(directory.resolve("before.json"), earlier.out());

    assertSame(request, List.of(url(1), url(2)), "-o", "ndjson", "--resume", part.toString());
    assertSame(request, List.of(url(1), url(2)), "--diff", before.toString());
  }

  @Test
  void progressEndsWithAllVerdictsOnce() throws Exception {
    CommandRun run = backtest(DividedRequest.of(1), List.of(url(0), url(1)));
    List<String> last =
        run.err().lines().filter(l -> l.matches("([0-9,]+) of \\1 verdicts.*")).toList();

    assertEquals(1, last.size(), run::err);
  }

  @Test
  void whatAGatewayLeavesWhenItIsKilledIsAskedOfAnother() throws Exception {
    TamperedGateway[] killed = new TamperedGateway[1];
    try (TamperedGateway first =
        TamperedGateway.open(
            url(1),
            (number, line) -> {
              if (line.contains("\"type\":\"verdict\"") && number > 2) {
                Thread.startVirtualThread(() -> killed[0].kill());
                throw new IOException("killed");
              }
              return line;
            })) {
      killed[0] = first;
      assertSame(DividedRequest.of(7), List.of(first.url(), url(0)), "-o", "ndjson");
      assertTrue(first.tampered() > 0);
    }
  }

  @Test
  void aGatewayThatHangsIsNotWaitedFor() throws Exception {
    CompletableFuture<String> never = new CompletableFuture<>();
    try (TamperedGateway hanging =
        TamperedGateway.open(url(1), (number, line) -> number == 0 ? line : never.join() + line)) {
      assertSame(DividedRequest.of(7), List.of(hanging.url(), url(0)), "-o", "json");
    } finally {
      never.complete("");
    }
  }

  @Test
  void aGatewayThatCannotBeReachedIsReplaced() throws Exception {
    String nobody = "http://127.0.0.1:" + LaunchedProcess.freePort();
    CommandRun run = backtest(DividedRequest.of(7), List.of(nobody, url(0)), "-o", "json");

    assertEquals(
        backtest(DividedRequest.of(7), List.of(url(0)), "-o", "json").out(), run.out(), run::err);
  }

  @Test
  void whereNoGatewayIsLeftTheErrorNamesEach() throws Exception {
    List<String> nobody =
        List.of(
            "http://127.0.0.1:" + LaunchedProcess.freePort(),
            "http://127.0.0.1:" + LaunchedProcess.freePort());
    Path out = directory.resolve("none.ndjson");
    CommandRun run =
        backtest(DividedRequest.of(7), nobody, "-o", "ndjson", "--out", out.toString());

    assertEquals(1, run.exitCode(), run::toString);
    for (String url : nobody) {
      assertTrue(run.err().contains(url + ": cannot be reached"), run::err);
    }
    assertFalse(Files.exists(out));
  }

  @Test
  void blocksThatArePublishedMeanwhileAreLeftOut() throws Exception {
    Path growing = bucket("growing", 2);
    Path more = bucket("more", 4);
    GatewayOptions options = GatewayOptions.defaults().withCatalogRefresh(Duration.ofMillis(20));
    try (ServedBucket one = ServedBucket.open(growing, "t", options);
        ServedBucket two = ServedBucket.open(growing, "t", options)) {
      int before = one.blocks();
      String expected = backtest(DividedRequest.of(7), List.of(one.url()), "-o", "ndjson").out();
      try (TamperedGateway first =
          TamperedGateway.open(
              one.url(),
              (number, line) -> {
                if (isVerdict(line) && one.blocks() == before) {
                  copyBlocks(more, growing);
                  while (one.blocks() == before || two.blocks() == before) {
                    Thread.onSpinWait();
                  }
                }
                return line;
              })) {
        CommandRun run =
            backtest(DividedRequest.of(7), List.of(first.url(), two.url()), "-o", "ndjson");

        assertTrue(one.blocks() > before);
        assertEquals(expected, run.out(), run::err);
      }
    }
  }

  /// Copies all blocks, the meta of each last.
  private static void copyBlocks(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(from.resolve("blocks"))) {
      files =
          all.filter(Files::isRegularFile)
              .sorted(Comparator.comparing((Path f) -> f.endsWith("meta.json")))
              .toList();
    }
    for (Path f : files) {
      Path target = to.resolve(from.relativize(f));
      Files.createDirectories(target.getParent());
      Files.copy(f, target.resolveSibling(target.getFileName() + ".new"));
      Files.move(
          target.resolveSibling(target.getFileName() + ".new"),
          target,
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Test
  void gatewaysOfOtherBlocksAreRefusedBeforeAnyVerdict() throws Exception {
    try (ServedBucket other = ServedBucket.open(bucket("other", 2), "t")) {
      CommandRun run = backtest(DividedRequest.of(7), List.of(url(0), other.url()), "-o", "ndjson");

      assertEquals(1, run.exitCode(), run::toString);
      assertEquals("", run.out());
      assertTrue(
          run.err().matches("(?s).*cannot divide the backtest: .* has block [0-9A-Z]{26}/.*"),
          run::err);
      assertTrue(run.err().contains(other.url()), run::err);
    }
  }

  @Test
  void gatewaysOfAnotherVersionAreRefusedBeforeAnyVerdict() throws Exception {
    try (ServedBucket other = ServedBucket.open(bucket, "u")) {
      CommandRun run = backtest(DividedRequest.of(7), List.of(url(0), other.url()), "-o", "ndjson");

      assertEquals(1, run.exitCode(), run::toString);
      assertEquals("", run.out());
      assertTrue(run.err().contains(" has engine "), run::err);
    }
  }

  @Test
  void theErrorOfARequestIsThatOfASingleGateway() throws Exception {
    String request = DividedRequest.of(7).replace("odd{dc_id=~\"$dc_id\"} > $limit", "sum(");
    CommandRun one = backtest(request, List.of(url(0)));
    CommandRun two = backtest(request, List.of(url(0), url(1)));

    assertEquals(1, two.exitCode());
    assertEquals(one.err(), two.err());
  }

  private void assertUnusable(String reason, TamperedGateway.Tamper tamper) throws Exception {
    try (TamperedGateway bad = TamperedGateway.open(url(1), tamper)) {
      CommandRun one = backtest(DividedRequest.of(7), List.of(url(0)), "-o", "ndjson");
      CommandRun with = backtest(DividedRequest.of(7), List.of(bad.url(), url(0)), "-o", "ndjson");
      CommandRun alone =
          backtest(DividedRequest.of(7), List.of(bad.url(), bad.url() + "/x/.."), "-o", "json");

      assertTrue(bad.tampered() > 0);
      assertEquals(one.out(), with.out(), with::err);
      assertEquals(1, alone.exitCode(), alone::err);
      assertEquals("", alone.out());
      assertTrue(alone.err().contains(bad.url()), alone::err);
      assertTrue(alone.err().contains(reason), alone::err);
    }
  }

  private static boolean isVerdict(String line) {
    return line.contains("\"type\":\"verdict\"");
  }

  @Test
  void linesThatAreNoJsonAreNotUsed() throws Exception {
    assertUnusable("not JSON", (n, line) -> isVerdict(line) ? "<html>\n" : line);
  }

  @Test
  void aStartThatIsNoneIsNotUsed() throws Exception {
    assertUnusable("no start line", (n, line) -> n == 0 ? "{}\n" : line);
  }

  @Test
  void aServerWithoutPartsIsNotUsed() throws Exception {
    assertUnusable("does not know parts", (n, line) -> line.replaceAll(",\"part\":\\{[^}]*}", ""));
  }

  @Test
  void verdictsWithWrongNumbersAreNotUsed() throws Exception {
    assertUnusable(
        "it sent verdict number",
        (n, line) -> line.replaceAll("\"number\":(\\d+)", "\"number\":7$1"));
  }

  @Test
  void aPartWithoutAllItsVerdictsIsNotUsed() throws Exception {
    assertUnusable(
        "it ended its part before verdict", (n, line) -> isVerdict(line) ? "{}\n" : line);
  }

  @Test
  void verdictsThatAreNoneAreNotUsed() throws Exception {
    assertUnusable(
        "is none",
        (n, line) ->
            line.replaceAll(
                "\"verdict\":\"(ok|conflict|no_data|error)\"", "\"verdict\":\"perhaps\""));
  }

  @Test
  void aResultThatEndsWithinALineIsAskedForAgain() throws Exception {
    assertUnusable(
        "it ended within a line",
        (n, line) -> isVerdict(line) ? line.substring(0, line.length() / 2) : line);
  }

  @Test
  void interruptingItCancelsAllGateways() throws Exception {
    String windows =
        IntStream.range(0, 3_000)
            .mapToObj(i ->
                "{id: w"
                    + i
                    + ", start: "
                    + (RandomBlocks.START / 1000 + 61 * i)
                    + ", duration: 9h}")
            .collect(Collectors.joining(",\n"));
    Path request =
        file(
            "windows: ["
                + windows
                + "]\nconstraints: [{name: slow, expr: 'quantile_over_time($q, odd[1d]) < 0'}]"
                + "\nsweep: {q: [0.1, 0.2, 0.3, 0.4, 0.5]}");
    CompletableFuture<CommandRun> ended = new CompletableFuture<>();
    Thread run =
        Thread.ofPlatform()
            .start(() ->
                ended.complete(
                    CommandRun.of(
                        "backtest", "-f", request.toString(), "--url", url(0), "--url", url(1))));
    while (gateways.get(0).isIdle() || gateways.get(1).isIdle()) {
      Thread.onSpinWait();
    }
    run.interrupt();

    assertEquals(1, ended.join().exitCode());
    long left = System.nanoTime();
    while (!(gateways.get(0).isIdle() && gateways.get(1).isIdle())
        && System.nanoTime() - left < 10_000_000_000L) {
      Thread.onSpinWait();
    }
    double seconds = (System.nanoTime() - left) / 1e9;
    // A second, and what a busy machine may add.
    assertTrue(seconds < 3, "took " + seconds + " s");
  }
}
