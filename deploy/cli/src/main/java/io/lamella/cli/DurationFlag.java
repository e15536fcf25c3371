package io.lamella.cli;

import io.lamella.model.Durations;
import java.time.Duration;
import picocli.CommandLine;

/// A flag whose value is a duration, as Prometheus writes them: `1h30m`, `90s`, `500ms`.
final class DurationFlag {
  private DurationFlag() {}

  /// A duration longer than nothing.
  static Duration parse(String text, String flag, CommandLine line) {
    try {
      long millis = Durations.parseMillis(text);
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new CommandLine.ParameterException(
        line, "cannot parse \"" + text + "\" in " + flag + ": expected a duration as 1h30m");
  }
}
