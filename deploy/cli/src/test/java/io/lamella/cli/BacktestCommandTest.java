package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.http.ApiServer.BuildInfo;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `backtest` and its outputs on the demo's blocks.
class BacktestCommandTest {
  private static final String REQUEST =
      """
      step: 5m
      windows: {file: windows.csv}
      constraints:
        - {name: there, expr: 'aegis_pool_capacity{dc_id=~"$dc_id"} > 0'}
        - {name: never, expr: 'aegis_pool_capacity{dc_id="$dc_id"} < 0'}
      """;
  private static final String WINDOWS =
      """
      id,start,duration,dc_id
      first,2025-06-02T02:00:00Z,30m,45
      second,2025-06-02T03:00:00Z,1h,45
      elsewhere,2025-06-02T03:00:00Z,1h,no-such-dc
      """;

  @TempDir private static Path directory;
  private static Path bucket;

  @TempDir private Path work;

  @BeforeAll
  static void convert() throws Exception {
    bucket = directory.resolve("bucket");
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
  }

  private Path request(String yaml) throws IOException {
    Files.writeString(work.resolve("windows.csv"), WINDOWS);
    return Files.writeString(work.resolve("backtest.yml"), yaml);
  }

  private CommandRun backtest(Path request, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("backtest", "-f", request.toString(), "--store", bucket.toString()));
    all.addAll(List.of(more));
    return CommandRun.of(all.toArray(new String[0]));
  }

  @Test
  void conflictsHaveAnExitCodeOfTheirOwnAndATable() throws Exception {
    CommandRun run = backtest(request(REQUEST));

    assertEquals(3, run.exitCode(), run::toString);
    assertTrue(run.out().matches("(?s).*there +0 +2 +1 +0 +66\\.7%\n.*"), run::out);
    assertTrue(run.out().matches("(?s).*never +2 +0 +1 +0 +0\\.0%\n.*"), run::out);
    assertTrue(
        run.out()
            .matches("(?s).*first +there +2025-06-02T02:00:00Z +2025-06-02T02:30:00Z +35m +35m .*"),
        run::out);
    assertTrue(run.err().contains("6 of 6 verdicts"), run::err);
  }

  @Test
  void thePageOfTheExampleDrawsValuesWithGaps() {
    CommandRun run =
        backtest(RecordedSamples.inProject("deploy", "backtest", "maintenance.yml"), "-o", "html");

    assertEquals(3, run.exitCode(), run::err);
    assertTrue(run.out().contains(",[null,null,"), run::out);
  }

  @Test
  void theExampleOfAssociationsFindsThePoolWithoutCapacityElsewhere() {
    CommandRun run = backtest(RecordedSamples.inProject("deploy", "backtest", "egress-pools.yml"));

    assertEquals(3, run.exitCode(), run::toString);
    assertTrue(run.out().matches("(?s).*egress elsewhere +1 +1 +0 +0 +50\\.0%\n.*"), run::out);
    assertTrue(run.out().matches("(?s).*sin02 +egress elsewhere +2025-06-02T02:.*"), run::out);
  }

  @Test
  void withoutAConflictTheExitCodeIsZero() throws Exception {
    CommandRun run = backtest(request(REQUEST.replace("> 0", "< 0").replace("there", "no")));

    assertEquals(0, run.exitCode(), run::toString);
  }

  @Test
  void verdictsThatAreErrorsAloneAreAFailure() throws Exception {
    CommandRun run = backtest(request(REQUEST.replace("=~\"$dc_id\"} > 0", "=\"$no_label\"} > 0")));

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.out().contains("window has no label \"no_label\""), run::out);
  }

  @Test
  void aWrongFlagHasExitCodeTwo() throws Exception {
    assertEquals(2, backtest(request(REQUEST), "-o", "pdf").exitCode());
    assertEquals(2, backtest(request(REQUEST), "--url", "http://127.0.0.1:1").exitCode());
  }

  @Test
  void anErrorInAFileOfWindowsNamesTheFileTheLineAndTheField() throws Exception {
    Path request = request(REQUEST);
    Files.writeString(
        work.resolve("windows.csv"), WINDOWS.replace("2025-06-02T02:00:00Z", "tomorrow"));
    CommandRun run = backtest(request);

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.err().contains("windows.csv: [line 2].start: is no time in RFC 3339"), run::err);
  }

  @Test
  void jsonIsThatOfTheServer() throws Exception {
    assertJsonIsThatOfTheServer(request(REQUEST));
  }

  @Test
  void jsonOfOutcomesAloneIsThatOfTheServer() throws Exception {
    Path request = request(REQUEST + "detail: {level: verdict}\n");
    String out = assertJsonIsThatOfTheServer(request);

    assertTrue(
        out.contains(
            "{\"window\":\"first\",\"constraint\":\"there\",\"verdict\":\"conflict\",\"first\":\"2025-06-02T02:00:00Z\",\"evidence\""),
        out);
    assertTrue(
        backtest(request).out().matches("(?s).*\nfirst +there +2025-06-02T02:00:00Z *\n.*"), out);
    assertTrue(
        backtest(request, "-o", "junit").out().contains("\"violated from 2025-06-02T02:00:00Z\""));
  }

  @Test
  void jsonWithOtherTimesIsThatOfTheServer() throws Exception {
    Path request =
        request(
            REQUEST
                + "  - {name: two, expr: 'count(maintenance_window{dc_id=\"45\"}) > $n'}\n"
                + "sweep: {n: [1, 0]}\nshift: [0s, 1d]\n"
                + "propose: {horizon: 3d, step: 8h, count: 2, quiet_hours: {work: outside, times: '10:00-11:00'}}\n");
    String out = assertJsonIsThatOfTheServer(request);

    assertTrue(out.contains("\"proposals\":[\n{\"window\":\"first\","), out);
    for (String reason : List.of("conflict", "quiet_hours", "no_history")) {
      assertTrue(out.contains("\"reason\":\"" + reason + "\""), out);
    }
  }

  private String assertJsonIsThatOfTheServer(Path request) throws Exception {
    CommandRun run = backtest(request, "-o", "json");
    Files.writeString(work.resolve("a.json"), run.out());

    try (ObjectStore store = ObjectStores.open(bucket.toString());
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
        ApiServer server =
            gateway.serve(
                ApiServer.HttpOptions.LOCAL,
                new BuildInfo(io.lamella.storage.BuildVersion.NUMBER, ""));
        HttpClient client = HttpClient.newHttpClient()) {
      String text =
          io.lamella.gateway.backtest.request.RequestFile.read(
                  Files.readString(request), name -> Files.readString(work.resolve(name)))
              .json();
      String expected =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + server.port() + "/api/v1/backtest"))
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(text))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      assertEquals(expected, run.out());
      CommandRun overHttp =
          CommandRun.of(
              "backtest",
              "-f",
              request.toString(),
              "--url",
              "http://127.0.0.1:" + server.port() + "/",
              "-o",
              "json");
      assertEquals(expected, overHttp.out());
    }
    return run.out();
  }

  @Test
  void aResultWithOtherTimesIsNotResumed() throws Exception {
    Path request = request(REQUEST + "propose: {}\n");
    CommandRun whole = backtest(request, "-o", "ndjson");
    Path part = Files.writeString(work.resolve("part.ndjson"), whole.out());
    CommandRun resumed = backtest(request, "--resume", part.toString());

    assertEquals(1, resumed.exitCode(), resumed::toString);
    assertTrue(
        resumed.err().contains("other times are looked for after all verdicts"), resumed::err);
  }

  @Test
  void theConflictsOfTheExampleHaveOtherTimes() throws Exception {
    CommandRun run = backtest(Path.of("..", "backtest", "maintenance.yml"));

    assertEquals(3, run.exitCode(), run::toString);
    String proposed =
        "(?s).*\niad05-routers +proposed 2025-06-01T12:30:00Z, 8h later +no constraint.*";
    assertTrue(run.out().matches(proposed), run::out);
    String rejected =
        "(?s).*\niad05-routers +rejected 2025-06-01T04:00:00Z, 30m earlier +"
            + "edge router per metro: violated from 2025-06-01T05:00:00Z\n.*";
    assertTrue(run.out().matches(rejected), run::out);
    assertTrue(
        run.out().matches("(?s).*\nfra04 +proposed 2025-06-01T11:30:00Z, 30m later .*"), run::out);
  }

  @Test
  void ndjsonIsResumedWithoutAskingForWindowsThatAreDone() throws Exception {
    Path request = request(REQUEST);
    CommandRun whole = backtest(request, "-o", "ndjson");
    List<String> lines = whole.out().lines().toList();
    assertEquals(8, lines.size(), whole::out);
    // The verdicts of one window, and a line that was cut.
    String first = BacktestLine.verdict(BacktestLine.parse(lines.get(1))).window();
    List<String> kept = new ArrayList<>(List.of(lines.getFirst()));
    lines.stream().filter(l -> l.contains("\"window\":\"" + first + "\"")).forEach(kept::add);
    assertEquals(3, kept.size());
    kept.add(lines.get(5).substring(0, 40));
    Path part = Files.writeString(work.resolve("part.ndjson"), String.join("\n", kept));

    CommandRun resumed = backtest(request, "-o", "ndjson", "--resume", part.toString());
    CommandRun report = backtest(request, "-o", "json", "--resume", part.toString());

    assertEquals(3, resumed.exitCode(), resumed::toString);
    assertTrue(resumed.err().contains("4 of 4 verdicts"), resumed::err);
    assertEquals(lines.stream().sorted().toList(), resumed.out().lines().sorted().toList());
    assertEquals(backtest(request, "-o", "json").out(), report.out());
  }

  @Test
  void aWholeResultIsResumedWithoutAServer() throws Exception {
    Path request = request(REQUEST);
    CommandRun whole = backtest(request, "-o", "ndjson");
    Path part = Files.writeString(work.resolve("whole.ndjson"), whole.out());
    CommandRun resumed =
        CommandRun.of(
            "backtest",
            "-f",
            request.toString(),
            "--url",
            "http://127.0.0.1:1",
            "-o",
            "ndjson",
            "--resume",
            part.toString());

    assertEquals(whole.out(), resumed.out(), resumed::err);
  }

  @Test
  void windowsAreJudgedAgainWhereVerdictsDependOnAllOfThem() throws Exception {
    Path request =
        request(
            """
            step: 5m
            windows: {file: windows.csv}
            constraints: [{name: two, expr: count(maintenance_window) > 1}]
            """);
    CommandRun whole = backtest(request, "-o", "ndjson");
    Path part =
        Files.writeString(
            work.resolve("part.ndjson"), String.join("\n", whole.out().lines().limit(3).toList()));
    CommandRun resumed = backtest(request, "-o", "ndjson", "--resume", part.toString());

    assertEquals(whole.out(), resumed.out(), resumed::err);
    assertTrue(resumed.err().contains("3 of 3 verdicts"), resumed::err);
  }

  @Test
  void aPartOfAnotherRequestIsRefused() throws Exception {
    CommandRun other = backtest(request(REQUEST.replace("5m", "10m")), "-o", "ndjson");
    Path part = Files.writeString(work.resolve("part.ndjson"), other.out());
    CommandRun run = backtest(request(REQUEST), "--resume", part.toString());

    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.err().contains("it is of another request"), run::err);
  }

  @Test
  void differencesToAnEarlierResultAreListed() throws Exception {
    CommandRun earlier = backtest(request(REQUEST), "-o", "json");
    Path file = Files.writeString(work.resolve("earlier.json"), earlier.out());
    CommandRun same = backtest(request(REQUEST), "--diff", file.toString());
    CommandRun other = backtest(request(REQUEST.replace("> 0", "< 0")), "--diff", file.toString());

    assertTrue(same.out().contains("0 verdicts changed\n"), same::out);
    assertTrue(other.out().contains("2 verdicts changed; the request is another\n"), other::out);
    assertTrue(other.out().matches("(?s).*second +there +conflict +ok\n.*"), other::out);
  }

  @Test
  void windowsThatHistoryTellsAreInReports() throws Exception {
    Path request =
        request(
            """
            step: 5m
            start: 2025-06-02T02:00:00Z
            end: 2025-06-02T03:00:00Z
            windows_from: {expr: 'count by (dc_id) (aegis_pool_capacity{dc_id="45"})'}
            constraints: [{name: there, expr: 'aegis_pool_capacity{dc_id="$dc_id"} > 0'}]
            """);
    CommandRun page = backtest(request, "-o", "html");
    CommandRun lines = backtest(request, "-o", "ndjson");
    Path part = Files.writeString(work.resolve("part.ndjson"), lines.out());
    CommandRun resumed = backtest(request, "--resume", part.toString());

    assertEquals(3, page.exitCode(), page::err);
    assertTrue(page.out().contains("\"windows\":[[\"dc_id=45@2025-06-02T02:00:00Z\","), page::out);
    assertTrue(
        lines
            .out()
            .contains(
                "\"recorded_windows\":[{\"id\":\"dc_id=45@2025-06-02T02:00:00Z\",\"start\":\"2025-06-02T02:00:00Z\",\"end\":\"2025-06-02T03:00:00Z\",\"labels\":{\"dc_id\":[\"45\"]}}]"),
        lines::out);
    assertEquals(1, resumed.exitCode());
    assertTrue(resumed.err().contains("windows_from"), resumed::err);
  }

  @Test
  void aFileAppearsWhenItIsWhole() throws Exception {
    Path out = work.resolve("report.xml");
    CommandRun run = backtest(request(REQUEST), "-o", "junit", "--out", out.toString());
    CommandRun failed =
        CommandRun.of(
            "backtest",
            "-f",
            request(REQUEST).toString(),
            "--url",
            "http://127.0.0.1:1",
            "-o",
            "ndjson",
            "--out",
            work.resolve("none.ndjson").toString());

    assertEquals("", run.out());
    assertTrue(Files.readString(out).contains("<failure message=\"violated from "), run::toString);
    assertEquals(1, failed.exitCode(), failed::toString);
    try (java.util.stream.Stream<Path> files = Files.list(work)) {
      assertFalse(files.anyMatch(f -> f.toString().contains("none")));
    }
  }

  @Test
  void aRuleFileOfPrometheusHasConstraints() throws Exception {
    Path rules =
        Files.writeString(
            work.resolve("rules.yml"),
            """
            groups:
              - name: pools
                rules:
                  - alert: Small
                    expr: aegis_pool_capacity{dc_id="$dc_id"} > 0
                    for: 10m
                    labels: {severity: page}
                  - alert: Small
                    expr: aegis_pool_capacity{dc_id="$dc_id"} < 0
            """);
    CommandRun run = backtest(request(REQUEST), "--rules", rules.toString());

    assertEquals(3, run.exitCode(), run::toString);
    assertTrue(run.out().matches("(?s).*\nSmall +0 +2 +1 +0 .*\nSmall#2 +2 +0 +1 .*"), run::out);
  }

  @Test
  void progressIsABarOnATerminalAndLinesElsewhere() {
    Map<String, String> line =
        Map.of(
            "verdicts_done",
            "1",
            "verdicts",
            "4",
            "store_requests",
            "7",
            "store_bytes",
            "1048576",
            "cached_bytes",
            "0",
            "eta_seconds",
            "2.5");
    java.io.StringWriter bar = new java.io.StringWriter();
    try (BacktestProgress p =
        new BacktestProgress(new java.io.PrintWriter(bar), BacktestProgress.Display.BAR)) {
      p.show(line);
    }
    java.io.StringWriter lines = new java.io.StringWriter();
    try (BacktestProgress p =
        new BacktestProgress(new java.io.PrintWriter(lines), BacktestProgress.Display.LINES)) {
      p.show(line);
      p.show(line);
    }
    String text = "1 of 4 verdicts, 7 GETs, 1.0 MiB read, 0.0 MiB from caches, ETA 3 s";
    assertEquals("\r\u001b[K[######..................]  25%, " + text + "\n", bar.toString());
    assertEquals(text + "\n", lines.toString());
  }
}
