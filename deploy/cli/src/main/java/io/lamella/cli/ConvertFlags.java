package io.lamella.cli;

import io.lamella.converter.ConversionOptions;
import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.model.Durations;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.parse.Parser;
import io.lamella.promql.parse.SyntaxError;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of `convert` that say which days are converted, and how.
final class ConvertFlags {
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
      names = {"--dedup", "--deduplication.func"},
      paramLabel = "merge|penalty",
      description =
          "Which samples of replicas are kept: all of them, or those of one replica at a time as Thanos' penalty algorithm chooses (default ${DEFAULT-VALUE}).")
  private String dedup = "merge";

  @Option(
      names = "--fold-label",
      paramLabel = "NAME",
      description =
          "External label that becomes a label of every series, so that blocks that differ in it become one stream; may be repeated.")
  private List<String> foldLabels = new ArrayList<>();

  @Option(
      names = "--external-label",
      paramLabel = "NAME=VALUE",
      description =
          "External label of source blocks that state none, as those of a Prometheus; may be repeated.")
  private Map<String, String> external = new TreeMap<>();

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description =
          "Days are converted when they ended this long ago, so that late blocks are there (default: all days).")
  private String grace = "";

  @Option(
      names = "--min-time",
      paramLabel = "TIME",
      description = "Only days after this time: RFC 3339, or relative to now such as -6w.")
  private String minTime = "";

  @Option(
      names = "--max-time",
      paramLabel = "TIME",
      description = "Only days that begin before this time, in the same forms.")
  private String maxTime = "";

  @Option(
      names = "--stream",
      paramLabel = "SELECTOR",
      description = "Only source blocks whose external labels match, such as '{cluster=\"eu1\"}'.")
  private String stream = "";

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description =
          "Only part I of N (from 0), so that N processes share the work without overlap.")
  private String shard = "0/1";

  @Option(
      names = "--order",
      paramLabel = "oldest|newest",
      description = "Which days come first (default ${DEFAULT-VALUE}).")
  private String order = "oldest";

  @Option(
      names = "--rebuild",
      description = "Converts days that are published already once more and replaces their blocks.")
  private boolean rebuild;

  @Option(
      names = "--skip-corrupt",
      description =
          "Converts days without their damaged source blocks; otherwise such days wait for a repair.")
  private boolean skipCorrupt;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Directory for temporary files (default: the system's temporary directory).")
  private String workDirectory = "";

  @Option(
      names = "--temp-disk",
      paramLabel = "SIZE",
      description = "Limit of the local copies of source blocks (default: none).")
  private String tempDisk = "";

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "Memory for sorting series; what exceeds it goes to temporary files (default ${DEFAULT-VALUE}).")
  private String memory = "256MiB";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads for all days together (default: number of processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--parallel-days",
      paramLabel = "N",
      description = "Days converted at once; they share the threads (default: as --threads).")
  private int parallelDays;

  /// @throws CommandLine.ParameterException where a value is wrong
  ConversionOptions options(CommandLine line, Instant now) {
    ConversionOptions d = ConversionOptions.defaults();
    try {
      ConversionOptions.Resources resources =
          new ConversionOptions.Resources(
              workDirectory.isEmpty() ? d.resources().workDirectory() : Path.of(workDirectory),
              tempDisk.isEmpty() ? Long.MAX_VALUE : Sizes.parse(tempDisk, "--temp-disk", line),
              Sizes.parse(memory, "--memory", line),
              threads,
              parallelDays == 0 ? threads : parallelDays);
      return d.withSortKey(SortKey.parse(sort))
          .withRules(
              new BlockMeta.Rules(
                  Set.copyOf(replicaLabels),
                  choice(dedup, BlockMeta.Dedup.class),
                  List.copyOf(foldLabels)))
          .withSelection(selection(line, now))
          .withResources(resources)
          .withGrace(grace.isEmpty() ? Duration.ZERO : DurationFlag.parse(grace, "--grace", line))
          .withDamaged(
              skipCorrupt
                  ? ConversionOptions.DamagedSources.LEFT_OUT
                  : ConversionOptions.DamagedSources.WAIT)
          .withExternal(Labels.of(external));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }

  private static <E extends Enum<E>> E choice(String text, Class<E> type) {
    for (E e : type.getEnumConstants()) {
      if (e.name().toLowerCase(Locale.ROOT).equals(text)) {
        return e;
      }
    }
    throw new IllegalArgumentException(
        "cannot use \"" + text + "\": expected one of " + List.of(type.getEnumConstants()));
  }

  private DaySelection selection(CommandLine line, Instant now) {
    long min = minTime.isEmpty() ? Long.MIN_VALUE / 2 : time(minTime, "--min-time", now);
    long max = maxTime.isEmpty() ? Long.MAX_VALUE / 2 : time(maxTime, "--max-time", now);
    return DaySelection.ALL
        .withTimes(new TimeSpan(min, max))
        .withStream(stream.isEmpty() ? List.of() : matchers(stream, line))
        .withShard(shard(shard))
        .withOrder(
            switch (order) {
              case "oldest" -> DaySelection.Order.OLDEST_FIRST;
              case "newest" -> DaySelection.Order.NEWEST_FIRST;
              default ->
                  throw new IllegalArgumentException(
                      "cannot use \"" + order + "\" in --order: expected oldest or newest");
            })
        .withDone(rebuild ? DaySelection.DoneDays.REBUILT : DaySelection.DoneDays.SKIPPED);
  }

  private static long time(String text, String flag, Instant now) {
    try {
      return text.startsWith("-")
          ? now.minusMillis(Durations.parseMillis(text.substring(1))).toEpochMilli()
          : Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "cannot parse \""
              + text
              + "\" in "
              + flag
              + ": expected a time such as 2026-01-31T00:00:00Z or -6w",
          e);
    }
  }

  private static final Pattern SHARD = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  private static DaySelection.Shard shard(String text) {
    java.util.regex.Matcher m = SHARD.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "cannot parse \"" + text + "\" in --shard: expected I/N such as 0/4");
    }
    return new DaySelection.Shard(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  private static List<Matcher> matchers(String selector, CommandLine line) {
    try {
      if (Parser.parse(selector, Set.of()) instanceof Expr.VectorSelector v) {
        return v.matchers();
      }
    } catch (SyntaxError e) {
      throw new CommandLine.ParameterException(
          line, "cannot parse \"" + selector + "\" in --stream: " + e.getMessage(), e);
    }
    throw new CommandLine.ParameterException(
        line, "cannot use \"" + selector + "\" in --stream: it is not a selector");
  }
}
