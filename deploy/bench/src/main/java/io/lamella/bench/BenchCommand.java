package io.lamella.bench;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.report.MarkdownTable;
import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.report.Plot;
import io.lamella.bench.report.Report;
import io.lamella.bench.report.ResultsJson;
import io.lamella.bench.run.BenchRun;
import io.lamella.bench.run.RunOptions;
import io.lamella.bench.store.ModelStore.SeededModel;
import io.lamella.bench.store.StoreModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lamella bench`.
@Command(
    name = "lamella bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures the gateway on generated data behind a model of an object store, checks every result and compares other servers.",
    subcommands = {BenchGenCommand.class, BenchStoreCommand.class})
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--size",
      paramLabel = "NAME",
      description = "smoke (seconds, checks no times), S, M or L (default ${DEFAULT-VALUE}).")
  private String size = "S";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "Model of the store: none, r2-like, s3-near, far or faulty (default ${DEFAULT-VALUE}).")
  private String model = "r2-like";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of data, store model and queries (default ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of all classes (default 5; 1 for smoke).")
  private int rounds;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description =
          "Rounds in which each class also sends a query to a newly started gateway, which takes time (default: all).")
  private int restarts = Integer.MAX_VALUE;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Queries per class and round (default 4; 1 for smoke).")
  private int queriesPerRound;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory for data, store and results (default: deploy/bench/target/run).")
  private String out = "";

  @Option(
      names = "--peer",
      paramLabel = "NAME=URL",
      description = "Another server with the same data and Prometheus' HTTP API; may be repeated.")
  private Map<String, String> peers = new LinkedHashMap<>();

  @Option(
      names = "--prometheus",
      paramLabel = "PATH",
      description =
          "Prometheus binary to start on the TSDB blocks; from version 3 on it is the reference for all results.")
  private String prometheus = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter to = spec.commandLine().getOut();
    RunOptions options = options();
    Report report =
        BenchRun.run(
            options,
            line -> {
              to.println(line);
              to.flush();
            });
    Path results =
        Files.createDirectories(
            options.out().resolve("results-" + options.size().name() + "-" + report.run().model()));
    Files.writeString(results.resolve("results.json"), ResultsJson.of(report));
    Files.writeString(results.resolve("results.md"), MarkdownTable.of(report));
    for (Phase p : Phase.values()) {
      String file = "times-" + p.name().toLowerCase(Locale.ROOT) + ".svg";
      Files.writeString(results.resolve(file), Plot.of(report, p));
    }
    summary(report, options, to);
    to.println("results: " + results);
    to.flush();
    return report.failures().isEmpty() ? 0 : 1;
  }

  private static void summary(Report report, RunOptions options, PrintWriter to) {
    if (options.isSmoke()) {
      int queries = report.rows().stream().mapToInt(r -> r.correctness().queries()).sum();
      to.println(queries + " results compared, " + report.failures().size() + " failures");
    } else {
      to.println(MarkdownTable.of(report));
    }
    report.failures().forEach(f -> to.println("FAILED " + f));
  }

  private RunOptions options() {
    try {
      DataSize data = DataSize.of(size);
      boolean smoke = data.name().equals("smoke");
      return new RunOptions(
          data,
          new SeededModel(StoreModel.of(model), seed),
          new RunOptions.Repetitions(
              rounds > 0 ? rounds : smoke ? 1 : 5,
              restarts,
              queriesPerRound > 0 ? queriesPerRound : smoke ? 1 : 4),
          out.isEmpty()
              ? Path.of(System.getProperty("lamella.home", "."), "deploy", "bench", "target", "run")
              : Path.of(out).toAbsolutePath(),
          new RunOptions.OtherServers(
              peers, prometheus.isEmpty() ? Optional.empty() : Optional.of(Path.of(prometheus))));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
