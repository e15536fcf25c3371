package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.BuildVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Flags of every subcommand: which values are refused, with which message and exit code.
class CommandLineTest {
  private static final List<String> SUBCOMMANDS =
      List.of(
          "demo",
          "convert",
          "serve",
          "query",
          "ls",
          "inspect",
          "verify",
          "repair",
          "promqltest",
          "bench");
  private static final String ULID = "01JWMCKG00S0QAZ6V2XXT01W8K";

  @TempDir Path directory;

  /// Arguments separated by blanks, and a part of the message on stderr.
  private static Arguments wrong(String message, String... arguments) {
    return Arguments.of(message, List.of(arguments));
  }

  private static Arguments serve(String message, String... flags) {
    String[] all =
        Stream.concat(Stream.of("serve", "--store", "x"), Arrays.stream(flags))
            .toArray(String[]::new);
    return wrong(message, all);
  }

  private static Arguments convert(String message, String... flags) {
    String[] all =
        Stream.concat(Stream.of("convert", "--from", "x", "--to", "y"), Arrays.stream(flags))
            .toArray(String[]::new);
    return wrong(message, all);
  }

  static Stream<Arguments> wrongUse() {
    return Stream.of(
        wrong("a subcommand is missing"),
        wrong("Unmatched argument", "nonsense"),
        wrong("Unknown option: '--nonsense'", "ls", "--nonsense"),
        wrong("Missing required parameter for option", "ls", "--store"),
        wrong("cannot list: give --store", "ls"),
        // inspect
        wrong("give --store and a block's ULID", "inspect", ULID),
        wrong("cannot inspect \"nonsense\"", "inspect", "--store", "x", "nonsense"),
        wrong("Missing required parameter: 'BLOCK'", "inspect", "--store", "x"),
        wrong("'many' is not an int", "inspect", "--store", "x", "--runs", "many", ULID),
        // verify
        wrong("give --store, and blocks by their ULIDs", "verify"),
        wrong("cannot verify [nonsense]", "verify", "--store", "x", "nonsense"),
        wrong("cannot verify", "verify", "--store", "x", "--threads", "0"),
        wrong("'two' is not an int", "verify", "--store", "x", "--threads", "two"),
        // query
        wrong("give either --store or --url", "query", "up"),
        wrong("give either --store or --url", "query", "--store", "x", "--url", "y", "up"),
        wrong("Missing required parameter: 'EXPR'", "query", "--store", "x"),
        wrong(
            "cannot print as \"xml\": expected table or json",
            "query",
            "--store",
            "x",
            "-o",
            "xml",
            "up"),
        // convert
        wrong("Missing required option: '--to", "convert", "--from", "x"),
        wrong("Missing required option: '--from", "convert", "--to", "x"),
        wrong(
            "empty or repeated label name", "convert", "--from", "x", "--to", "y", "--sort", "a,a"),
        wrong("empty or repeated label name", "convert", "--from", "x", "--to", "y", "--sort", ""),
        wrong("0 threads", "convert", "--from", "x", "--to", "y", "--threads", "0"),
        convert("expected one of [MERGE, PENALTY]", "--dedup", "x"),
        convert("expected I/N such as 0/4", "--shard", "1"),
        convert("cannot take shard 4 of 4", "--shard", "4/4"),
        convert("expected oldest or newest", "--order", "x"),
        convert("cannot parse \"soon\" in --min-time", "--min-time", "soon"),
        convert("cannot parse \"x\" in --grace", "--grace", "x"),
        convert("cannot parse \"x\" in --temp-disk", "--temp-disk", "x"),
        convert("cannot use \"1\" in --stream: it is not a selector", "--stream", "1"),
        convert("cannot parse \"{\" in --stream", "--stream", "{"),
        convert("cannot read work item", "--item", "{}"),
        convert("give only one of --plan, --item and --watch", "--plan", "--watch"),
        convert("cannot print as \"xml\": expected text or json", "--summary", "xml"),
        // promqltest
        wrong("Missing required parameter: 'FILE|DIR'", "promqltest"),
        // bench without the launcher
        wrong(
            "it is not part of the distribution; use ./lamella bench --size smoke",
            "bench",
            "--size",
            "smoke"),
        // serve
        wrong("cannot serve: --store is missing", "serve"),
        serve(
            "cannot parse \"soon\" in --query.slow-log-threshold",
            "--query.slow-log-threshold",
            "soon"),
        serve("cannot parse \"0\" in --web.shutdown-timeout", "--http-grace-period", "0"),
        serve("cannot parse \"x\" in --catalog.max-age", "--catalog.max-age", "x"),
        serve("--min-time must not be after --max-time", "--min-time", "-1h", "--max-time", "-2h"),
        serve("cannot listen on \"nine\"", "--web.admin-listen", "nine"),
        serve(
            "give either --tracing.config or --tracing.config-file",
            "--tracing.config",
            "x",
            "--tracing.config-file",
            "y"),
        serve("cannot listen on \"localhost\": expected [HOST]:PORT", "--listen", "localhost"),
        serve("cannot listen on \":70000\"", "--web.listen-address", ":70000"),
        serve("cannot listen on \":-1\"", "--listen", ":-1"),
        serve(
            "cannot parse \"5\" in --query.timeout: expected a duration such as 1h30m",
            "--query.timeout",
            "5"),
        serve("cannot parse \"0s\" in --query.lookback-delta", "--query.lookback-delta", "0s"),
        serve("cannot parse \"-1m\" in --catalog.refresh", "--catalog.refresh", "-1m"),
        serve(
            "cannot parse \"1s1m\" in --cdn.timeout",
            "--cdn.url",
            "https://cdn",
            "--cdn.timeout",
            "1s1m"),
        serve(
            "cannot parse \"1.5GiB\" in --cache.memory-size: expected a size such as 256MiB",
            "--cache.memory-size",
            "1.5GiB"),
        serve("cannot parse \"-1\" in --query.max-memory", "--query.max-memory=-1"),
        serve(
            "cannot parse \"1PiB\" in --cache.disk-size",
            "--cache.disk-dir",
            "x",
            "--cache.disk-size",
            "1PiB"),
        serve("cannot parse \"all\" in --cache.results-size", "--cache.results-size", "all"),
        serve("cannot parse \"some\" in --prefetch.labels-size", "--prefetch.labels-size", "some"),
        serve(
            "cannot parse \"fast\" in --store.max-bytes-per-second",
            "--store.max-bytes-per-second",
            "fast"),
        serve("cannot parse \"x\" in --store.hedge-max-bytes", "--store.hedge-max-bytes", "x"),
        serve("quantile 2.0", "--store.hedge-quantile", "2"),
        serve("share of -1.0", "--store.hedge-max-share=-1"),
        serve("share of 2.0", "--store.retry-share=2"),
        serve("-1.0 and 4.5 dollars", "--store.price-get=-1"),
        serve("--store.hedge-min-saving", "--store.hedge-min-saving", "x"),
        serve("reads", "--store.max-concurrent-reads", "0"),
        serve("cannot use CDN \"ftp://cdn\"", "--cdn.url", "ftp://cdn"),
        serve("Illegal character", "--cdn.url", "https://c dn"),
        serve(
            "unknown feature \"nonsense\" in --enable-feature",
            "--enable-feature",
            "promql-experimental-functions,nonsense"),
        serve("cannot use --web.external-url=http://a b", "--web.external-url", "http://a b"),
        serve("cannot serve below --web.route-prefix=/a/..", "--web.route-prefix", "a/.."),
        serve("cannot serve below --web.route-prefix=/a b", "--web.route-prefix", "/a b/"),
        serve("--web.compression=br is not one of auto, always, none", "--web.compression", "br"),
        serve("'many' is not an int", "--query.max-concurrency", "many"),
        serve("'1e6' is not a long", "--query.max-samples", "1e6"),
        serve("cannot parse \"big\" in --memory.limit", "--memory.limit", "big"),
        serve(
            "cannot keep within --memory.limit=1MiB: the heap may take", "--memory.limit", "1MiB"),
        serve("should be specified only once", "--listen", ":1", "--listen", ":2"));
  }

  @ParameterizedTest
  @MethodSource("wrongUse")
  void wrongFlagsHaveExitCodeTwoAndAMessage(String message, List<String> arguments)
      throws Exception {
    String[] all = arguments.toArray(String[]::new);
    for (int i = 1; i < all.length; i++) {
      // Values of --store must exist where the command opens it before it reads the other flags.
      all[i] = all[i - 1].equals("--store") && all[i].equals("x") ? directory.toString() : all[i];
    }

    CommandRun run = CommandRun.of(all);

    assertEquals(2, run.exitCode(), () -> arguments + ": " + run);
    assertTrue(run.err().contains(message), () -> arguments + ": " + run.err());
    assertEquals("", run.out());
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        wrong(
            "lamella ls: cannot open a store: nowhere is neither a directory nor a file",
            "ls",
            "--store",
            "nowhere"),
        wrong(
            "key \"type\" is \"FTP\", expected S3 or FILESYSTEM",
            "ls",
            "--objstore.config",
            "{type: FTP}"),
        wrong("lamella verify: ", "verify", "--store", "nowhere"),
        wrong("lamella inspect: ", "inspect", "--store", "nowhere", ULID),
        wrong("lamella query: cannot open a store", "query", "--store", "nowhere", "up"),
        wrong(
            "lamella query: cannot reach http://127.0.0.1:1/api/v1/query",
            "query",
            "--url",
            "http://127.0.0.1:1/",
            "up"),
        wrong("lamella convert: ", "convert", "--from", "nowhere", "--to", "nowhere-else"),
        wrong("lamella serve: cannot open a store", "serve", "--store", "nowhere"),
        wrong(
            "lamella serve: cannot read the web configuration: cannot read it: NoSuchFileException [nowhere.yml]",
            "serve",
            "--objstore.config",
            "{type: FILESYSTEM, config: {directory: .}}",
            "--web.config.file",
            "nowhere.yml"),
        wrong("cannot read script nowhere.test", "promqltest", "nowhere.test"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureHasExitCodeOneAndOneLineThatNamesTheSubcommand(
      String message, List<String> arguments) {
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));

    assertEquals(1, run.exitCode(), () -> arguments + ": " + run);
    assertTrue(run.err().contains(message), () -> arguments + ": " + run.err());
    assertEquals(1, run.err().lines().count(), run::err);
    assertTrue(run.err().startsWith("lamella " + arguments.getFirst() + ": "), run::err);
  }

  @Test
  void anUnknownKeyOfAStoreIsNamedWithItsLine() throws Exception {
    Path file = directory.resolve("bucket.yml");
    Files.writeString(file, "type: FILESYSTEM\nconfig:\n  directory: x\n  nonsense: 1\n");

    CommandRun run = CommandRun.of("ls", "--objstore.config-file", file.toString());

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("nonsense"), run::err);
    assertTrue(run.err().contains("line 4"), run::err);
  }

  @Test
  void anEmptyStoreIsListedAndVerified() {
    CommandRun list = CommandRun.of("ls", "--store", directory.toString());
    CommandRun verify = CommandRun.of("verify", "--store", directory.toString());

    assertEquals(List.of(0, 0), List.of(list.exitCode(), verify.exitCode()));
    assertTrue(list.out().contains("0 blocks, 0 samples, 0 bytes"), list::out);
    assertTrue(verify.out().contains("0 blocks, 0 damaged"), verify::out);
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertEquals(
        new CommandRun(0, "lamella " + BuildVersion.NUMBER + System.lineSeparator(), ""),
        CommandRun.of("--version"));
  }

  @Test
  void helpListsEverySubcommandAndTheBenchmark() {
    CommandRun help = CommandRun.of("--help");

    assertEquals(0, help.exitCode());
    for (String name : SUBCOMMANDS) {
      assertTrue(help.out().lines().anyMatch(l -> l.startsWith("  " + name + " ")), name);
    }
    assertFalse(help.out().contains("--warm-up"), "internal flags are hidden");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "convert", "serve", "query", "ls", "inspect", "verify", "promqltest"})
  void everySubcommandHasHelp(String subcommand) {
    CommandRun help = CommandRun.of(subcommand, "--help");

    assertEquals(0, help.exitCode());
    assertTrue(help.out().startsWith("Usage: lamella " + subcommand), help::out);
    assertFalse(help.out().contains("--warm-up"), "internal flags are hidden");
  }
}
