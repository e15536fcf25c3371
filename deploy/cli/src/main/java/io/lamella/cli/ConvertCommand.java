package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionSummary;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.schedule.WorkItemJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Converts TSDB blocks into Parquet blocks and publishes them.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Converts Prometheus or Thanos TSDB blocks into Parquet blocks, one per stream and UTC day; days that are already published are skipped.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all days that are due are published",
      "1:the run failed, for instance because a store does not answer; run again",
      "2:a flag is wrong",
      "3:the run is complete, but blocks were damaged or days failed; they are named"
    })
public final class ConvertCommand implements Callable<Integer> {
  private static final int INCOMPLETE = 3;
  private static final Logger LOG = LoggerFactory.getLogger(ConvertCommand.class);

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private ConvertFlags flags = new ConvertFlags();

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
      names = "--plan",
      description = "Prints the work items, one line of JSON each, and converts nothing.")
  private boolean plan;

  @Option(
      names = "--item",
      paramLabel = "JSON",
      description = "Converts this work item alone, a line that --plan printed.")
  private String item = "";

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "10m",
      paramLabel = "INTERVAL",
      description =
          "Goes on: converts again after each interval (${FALLBACK-VALUE} where none is given).")
  private String watch = "";

  @Option(
      names = "--summary",
      paramLabel = "text|json",
      description = "Form of the summary (default ${DEFAULT-VALUE}).")
  private String summary = "text";

  @Option(
      names = {"--listen", "--http-address"},
      paramLabel = "[HOST]:PORT",
      description = "Serves /metrics and /-/healthy while it runs.")
  private String listen = "";

  @Override
  public Integer call() throws Exception {
    CommandLine line = spec.commandLine();
    flags.options(line, Instant.now());
    Optional<WorkItem> one = checked(line);
    if (plan) {
      return print(Conversion.plan(from, to, flags.options(line, Instant.now())));
    }
    Optional<Listen> address =
        listen.isEmpty() ? Optional.empty() : Optional.of(Listen.parse(listen, line));
    ConversionMetrics metrics = new ConversionMetrics();
    try (MetricsListener _ = MetricsListener.open(address, metrics)) {
      return watch.isEmpty()
          ? run(one, metrics)
          : watch(DurationFlag.parse(watch, "--watch", line), metrics);
    }
  }

  private Optional<WorkItem> checked(CommandLine line) {
    if (!summary.equals("text") && !summary.equals("json")) {
      throw new CommandLine.ParameterException(
          line, "cannot print as \"" + summary + "\": expected text or json");
    }
    if ((plan ? 1 : 0) + (item.isEmpty() ? 0 : 1) + (watch.isEmpty() ? 0 : 1) > 1) {
      throw new CommandLine.ParameterException(line, "give only one of --plan, --item and --watch");
    }
    try {
      return item.isEmpty() ? Optional.empty() : Optional.of(WorkItemJson.read(item));
    } catch (IOException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }

  private int print(Plan planned) {
    PrintWriter out = spec.commandLine().getOut();
    planned.items().forEach(i -> out.println(WorkItemJson.write(i)));
    out.flush();
    planned
        .waiting()
        .forEach(w ->
            LOG.warn(
                "day waits for a damaged source block stream={} day={} block={}",
                w.stream(),
                w.day(),
                w.block()));
    return planned.waiting().isEmpty() ? 0 : INCOMPLETE;
  }

  private int run(Optional<WorkItem> one, ConversionMetrics metrics)
      throws IOException, InterruptedException {
    ConversionOptions options = flags.options(spec.commandLine(), Instant.now());
    ConversionSummary s;
    try (ProgressPrinter progress = ProgressPrinter.start(spec.commandLine().getErr(), metrics)) {
      s =
          one.isPresent()
              ? Conversion.runItem(from, to, one.get(), options, progress)
              : Conversion.run(from, to, options, progress);
    }
    metrics.ended(s);
    PrintWriter out = spec.commandLine().getOut();
    out.println(summary.equals("json") ? s.json() : s.text());
    out.flush();
    s.problems().forEach(p -> LOG.warn("{} {}: {}", p.what(), p.name(), p.why()));
    return s.isComplete() ? 0 : INCOMPLETE;
  }

  /// Runs until the process is asked to end. A failed run is logged, and the next one follows.
  private int watch(Duration interval, ConversionMetrics metrics) throws InterruptedException {
    while (true) {
      try {
        run(Optional.empty(), metrics);
      } catch (IOException e) {
        metrics.failed();
        LOG.error("conversion failed, next one in {} reason=\"{}\"", interval, e.getMessage());
      }
      Thread.sleep(interval);
    }
  }
}
