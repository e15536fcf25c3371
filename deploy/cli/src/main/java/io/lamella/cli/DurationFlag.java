package io.lamella.cli;

import io.lamella.model.Durations;
import java.time.Duration;
import picocli.CommandLine;

/// Flags whose value is a duration in Prometheus' syntax: `1h30m`, `90s`, `500ms`.
final class DurationFlag {
  private DurationFlag() {}

  /// Parses a duration greater than zero.
  static Duration parse(String text, String flag, CommandLine line) {
    try {
      long millis = Durations.parseMillis(text);
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (IllegalArgumentException e) {
      // Reported below, like a duration of zero.
    }
    throw new CommandLine.ParameterException(
        line, "cannot parse \"" + text + "\" in " + flag + ": expected a duration such as 1h30m");
  }
}
