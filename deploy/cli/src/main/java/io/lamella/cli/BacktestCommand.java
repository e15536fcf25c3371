package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.report.BacktestReport;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.backtest.request.RequestFile;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Judges maintenance windows by constraints over past metrics. The request goes to a running
/// server, or to a temporary one that serves the given store.
@Command(
    name = "backtest",
    mixinStandardHelpOptions = true,
    description = "Judges maintenance windows by constraints over past metrics.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      " 0:no conflict",
      " 1:failure, or verdicts that are errors and no conflict",
      " 2:a flag is wrong",
      " 3:conflicts were found"
    })
public final class BacktestCommand implements Callable<Integer> {
  private static final List<String> OUTPUTS = List.of("table", "json", "ndjson", "junit", "html");
  private static final int CONFLICTS = 3;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description =
          "The request, in JSON or YAML; windows: {file: NAME} names a file beside it: .csv, .ndjson or .ics.")
  private Path file = Path.of("");

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "A rule file of Prometheus; its alerting rules are constraints as well, and its recording rules make metrics. May be repeated.")
  private List<Path> rules = List.of();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "A Lamella server, instead of --store. May be repeated: servers of the same blocks share the work.")
  private List<String> urls = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "Output format: table, json, ndjson (verdicts as they become final), junit or html (default ${DEFAULT-VALUE}).")
  private String output = "table";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the output goes, once it is whole (default: stdout).")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--diff",
      paramLabel = "FILE",
      description =
          "An earlier result of -o json; verdicts that differ are listed, after a table, else on stderr.")
  private Optional<Path> diff = Optional.empty();

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description =
          "The beginning of a result of -o ndjson for the same request; windows that it is done with are not judged again.")
  private Optional<Path> resume = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (store.isGiven() != urls.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot run a backtest: give either --store or --url");
    }
    if (!OUTPUTS.contains(output)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "cannot print as \"" + output + "\": expected " + String.join(", ", OUTPUTS));
    }
    RequestFile request = request();
    Backtest backtest = checked(request);
    Optional<BacktestDiff> earlier =
        diff.isPresent() ? Optional.of(BacktestDiff.read(diff.get())) : Optional.empty();
    ResumedBacktest resumed =
        resume.isPresent()
            ? ResumedBacktest.read(resume.get(), backtest, request)
            : ResumedBacktest.none();
    BacktestResult result = new BacktestResult(backtest, resumed);
    if (output.equals("ndjson")) {
      if (earlier.isEmpty()) {
        result.keepingNone();
      }
      write(to -> judge(request, backtest, result.printingTo(to)));
    } else {
      judge(request, backtest, result);
      write(to -> print(result, earlier, to));
    }
    if (earlier.isPresent() && !output.equals("table")) {
      earlier.get().print(result, spec.commandLine().getErr());
    }
    spec.commandLine().getErr().flush();
    if (result.summary().count(Outcome.CONFLICT) > 0) {
      return CONFLICTS;
    }
    return result.summary().count(Outcome.ERROR) > 0 ? 1 : 0;
  }

  private RequestFile request() throws IOException {
    RequestFile out;
    try {
      out =
          RequestFile.read(
              Files.readString(file),
              name -> Files.readString(file.resolveSibling(name), StandardCharsets.UTF_8));
    } catch (BacktestException e) {
      throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    for (Path r : rules) {
      try {
        out = out.withRules(Files.readString(r));
      } catch (BacktestException e) {
        throw new IOException("cannot read " + r + ": " + e.getMessage(), e);
      }
    }
    return out;
  }

  private Backtest checked(RequestFile request) throws IOException {
    try {
      return BacktestReader.read(request.json());
    } catch (BacktestException e) {
      String text = String.valueOf(e.getMessage());
      String from = "windows.text";
      Optional<String> windows = RequestFile.windowsFile(Files.readString(file));
      throw new IOException(
          windows.isPresent() && text.startsWith(from)
              ? "cannot read "
                  + file.resolveSibling(windows.get())
                  + ": "
                  + text.substring(from.length())
              : "cannot read " + file + ": " + text,
          e);
    }
  }

  private void judge(RequestFile request, Backtest backtest, BacktestResult result)
      throws IOException {
    Optional<String> body = result.request(request);
    if (body.isEmpty()) {
      result.end();
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    try (BacktestProgress progress =
        new BacktestProgress(err, BacktestProgress.Display.ofStderr())) {
      BacktestBody asked =
          new BacktestBody(body.get(), output.equals("html") ? BacktestReport.DRAWN_VALUES : 0);
      BacktestCall call = new BacktestCall(asked, result, progress);
      List<String> servers = urls.stream().map(u -> u.replaceAll("/+$", "")).distinct().toList();
      if (servers.size() > 1) {
        new DistributedBacktest(asked, result, progress)
            .to(servers, DistributedBacktest.parts(backtest, servers.size()));
      } else if (!servers.isEmpty()) {
        call.to(servers.getFirst());
      } else {
        ObjectStores.PlainStore plain = store.openPlain();
        GatewayOptions options = GatewayOptions.defaults();
        try (ObjectStore opened = plain.store();
            Gateway gateway =
                Gateway.open(
                    opened, options.withFetch(options.fetch().withRetries(plain.retries())));
            ApiServer server =
                gateway.serve(
                    ApiServer.HttpOptions.LOCAL,
                    new ApiServer.BuildInfo(BuildVersion.NUMBER, ""))) {
          call.to("http://127.0.0.1:" + server.port());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("cannot run the backtest: interrupted", e);
    }
    result.end();
  }

  private void print(BacktestResult result, Optional<BacktestDiff> earlier, PrintWriter to)
      throws IOException {
    if (output.equals("table")) {
      BacktestTable.print(result, to);
      if (earlier.isPresent()) {
        earlier.get().print(result, to);
      }
      return;
    }
    result.report().write(BacktestReport.Form.of(output).orElseThrow(), to::append);
  }

  /// Something that writes an output.
  @FunctionalInterface
  private interface Print {
    void to(PrintWriter out) throws IOException;
  }

  /// A file appears when it is whole.
  private void write(Print print) throws IOException {
    if (out.isEmpty()) {
      PrintWriter to = spec.commandLine().getOut();
      print.to(to);
      to.flush();
      return;
    }
    Path target = out.get().toAbsolutePath();
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (Writer file = Files.newBufferedWriter(part);
          PrintWriter to = new PrintWriter(file)) {
        print.to(to);
        if (to.checkError()) {
          throw new IOException("cannot write " + part);
        }
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
