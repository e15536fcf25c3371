package io.lamella.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// Durations in flags, as Prometheus writes them: `1h30m`, `90s`, `500ms`.
final class Durations {
  private static final Pattern PATTERN =
      Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final long[] UNITS = {86_400_000, 3_600_000, 60_000, 1000, 1};

  private Durations() {}

  static Duration parse(String text, String flag, CommandLine line) {
    Matcher m = PATTERN.matcher(text);
    if (!text.isEmpty() && text.length() < 20 && m.matches()) {
      long millis = 0;
      for (int i = 0; i < UNITS.length; i++) {
        millis += m.group(i + 1) == null ? 0 : Long.parseLong(m.group(i + 1)) * UNITS[i];
      }
      if (millis > 0) {
        return Duration.ofMillis(millis);
      }
    }
    throw new CommandLine.ParameterException(
        line, "cannot parse \"" + text + "\" in " + flag + ": expected a duration as 1h30m");
  }
}
