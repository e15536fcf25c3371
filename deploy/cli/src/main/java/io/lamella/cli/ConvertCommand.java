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

/// Converts TSDB blocks into Parquet blocks and publishes them.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Converts Prometheus or Thanos TSDB blocks into Parquet blocks, one per stream and UTC day; days that are already published are skipped.")
public final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|FILE|YAML",
      description =
          "Source of TSDB blocks: a directory, a file with Thanos' objstore YAML, or that YAML itself.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR|FILE|YAML",
      description = "Destination of the Parquet blocks, in the same form.")
  private String to = "";

  @Option(
      names = "--sort",
      paramLabel = "LABELS",
      description =
          "Sort key: labels to sort series by, before all other labels (default ${DEFAULT-VALUE}).")
  private String sort = "__name__,dc_id";

  @Option(
      names = {"--replica-label", "--deduplication.replica-label"},
      paramLabel = "NAME",
      description = "External label that distinguishes replicas and is removed; may be repeated.")
  private List<String> replicaLabels = new ArrayList<>();

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Directory for temporary files (default: the system's temporary directory).")
  private String workDirectory = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Days converted in parallel (default: number of processors).")
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
