package io.lamella.cli;

import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.gateway.catalog.RelabelRule;
import io.lamella.model.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of the part of a bucket that a gateway serves, named as those of Thanos.
final class SliceFlags {
  @Option(
      names = "--min-time",
      paramLabel = "TIME",
      description =
          "Serve no data of before this time: RFC 3339, or relative to now such as -6w (default: all).")
  private String minTime = "";

  @Option(
      names = "--max-time",
      paramLabel = "TIME",
      description = "Serve no data of after this time, in the same forms (default: all).")
  private String maxTime = "";

  @Option(
      names = "--selector.relabel-config",
      paramLabel = "YAML",
      description =
          "Serve the blocks that these rules keep, by external labels and __block_id; actions keep, drop, hashmod.")
  private String rules = "";

  @Option(
      names = "--selector.relabel-config-file",
      paramLabel = "FILE",
      description = "File with these rules.")
  private String rulesFile = "";

  BlockSlice slice(CommandLine line) {
    Function<Instant, Instant> min =
        time(minTime, "--min-time", Instant.ofEpochMilli(Long.MIN_VALUE), line);
    Function<Instant, Instant> max =
        time(maxTime, "--max-time", Instant.ofEpochMilli(Long.MAX_VALUE), line);
    Instant now = Instant.now();
    if (min.apply(now).isAfter(max.apply(now))) {
      throw new CommandLine.ParameterException(line, "--min-time must not be after --max-time");
    }
    return new BlockSlice(min, max, rules(line), InstantSource.system());
  }

  private static Function<Instant, Instant> time(
      String text, String flag, Instant otherwise, CommandLine line) {
    if (text.isEmpty()) {
      return _ -> otherwise;
    }
    try {
      if (text.startsWith("-")) {
        Duration before = Duration.ofMillis(Durations.parseMillis(text.substring(1)));
        return now -> now.minus(before);
      }
      Instant fixed = Instant.parse(text);
      return _ -> fixed;
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          line,
          "cannot parse \"" + text + "\" in " + flag + ": expected RFC 3339, or -6w or alike");
    }
  }

  private List<RelabelRule> rules(CommandLine line) {
    try {
      String yaml = rulesFile.isEmpty() ? rules : Files.readString(Path.of(rulesFile));
      return yaml.isBlank() ? List.of() : RelabelRule.parse(yaml);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          line, "cannot read --selector.relabel-config: " + e.getMessage());
    }
  }
}
