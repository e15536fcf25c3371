package io.lamella.cli;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The flags of a command and their values, as `/api/v1/status/flags` shows them.
final class ShownFlags {
  /// YAML may hold secrets, and a file's name may be a secret itself.
  private static final String HIDDEN = "<secret>";

  private ShownFlags() {}

  static Map<String, String> of(CommandLine line) {
    Map<String, String> out = new TreeMap<>();
    for (OptionSpec option : line.getCommandSpec().options()) {
      Object value = option.getValue();
      String text = value == null ? "" : value.toString();
      boolean inline = text.contains("{") || text.contains("\n");
      out.put(option.longestName().replaceFirst("^-+", ""), inline ? HIDDEN : text);
    }
    out.remove("help");
    return out;
  }
}
