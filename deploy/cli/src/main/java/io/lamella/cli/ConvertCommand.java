package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionSummary;
import io.lamella.storage.block.SortKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Converts TSDB blocks into published blocks.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Rewrites Prometheus or Thanos TSDB blocks into Parquet blocks, one a stream and UTC day; published days are left alone.")
public final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|FILE|YAML",
      description =
          "TSDB blocks: a directory, a file with Thanos' objstore YAML, or that YAML itself.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR|FILE|YAML",
      description = "Where blocks are published, likewise.")
  private String to = "";

  @Option(
      names = "--sort",
      paramLabel = "LABELS",
      description = "Labels to sort rows by, before all others (default ${DEFAULT-VALUE}).")
  private String sort = "__name__,dc_id";

  @Option(
      names = {"--replica-label", "--deduplication.replica-label"},
      paramLabel = "NAME",
      description =
          "External label that tells replicas apart and is removed; may be given several times.")
  private List<String> replicaLabels = new ArrayList<>();

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Directory for files under way (default: the system's temporary one).")
  private String workDirectory = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Days converted at once (default: one a processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws Exception {
    ConversionOptions d = ConversionOptions.defaults();
    ConversionOptions options;
    try {
      options =
          d.withSortKey(SortKey.parse(sort))
              .withReplicaLabels(Set.copyOf(replicaLabels))
              .withWorkDirectory(
                  workDirectory.isEmpty() ? d.workDirectory() : Path.of(workDirectory))
              .withThreads(threads);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    ConversionSummary summary;
    try (ProgressPrinter progress =
        ProgressPrinter.start(
            spec.commandLine().getErr(),
            System.console() != null && System.console().isTerminal())) {
      summary = Conversion.run(from, to, options, progress);
    }
    spec.commandLine().getOut().println(summary.text());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
