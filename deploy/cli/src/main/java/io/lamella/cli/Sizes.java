package io.lamella.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// Sizes in flags: a number of bytes, or a number with a binary unit such as `512KiB`, `256MiB` or
/// `10GiB`. As in Prometheus, `10GB` means the same as `10GiB`.
final class Sizes {
  private static final Pattern PATTERN = Pattern.compile("(\\d{1,15})(?:([KMGT])i?)?B?");

  private Sizes() {}

  static long parse(String text, String flag, CommandLine line) {
    Matcher m = PATTERN.matcher(text);
    if (m.matches()) {
      int unit = m.group(2) == null ? 0 : 10 * (1 + "KMGT".indexOf(m.group(2)));
      long number = Long.parseLong(m.group(1));
      if (number <= Long.MAX_VALUE >> unit) {
        return number << unit;
      }
    }
    throw new CommandLine.ParameterException(
        line, "cannot parse \"" + text + "\" in " + flag + ": expected a size such as 256MiB");
  }
}
