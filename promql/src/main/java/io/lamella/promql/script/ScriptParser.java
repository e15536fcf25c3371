package io.lamella.promql.script;

import io.lamella.model.Regex;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.parse.Literals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses a script, line by line.
public final class ScriptParser {
  private final String file;
  private final List<String> lines;
  private final PromqlEngine engine;
  private final List<Script.Command> commands = new ArrayList<>();
  private int at;

  private ScriptParser(String file, String text, PromqlEngine engine) {
    this.file = file;
    this.lines = text.lines().map(String::strip).toList();
    this.engine = engine;
  }

  /// @param engine parses the queries
  /// @throws ScriptException where the script is malformed or a query does not parse
  public static Script parse(String file, String text, PromqlEngine engine) {
    ScriptParser p = new ScriptParser(file, text, engine);
    try {
      p.commands();
    } catch (IllegalArgumentException e) {
      throw p.error(p.at, String.valueOf(e.getMessage()));
    }
    return new Script(file, p.commands);
  }

  private ScriptException error(int line, String message) {
    return new ScriptException(file + ":" + (line + 1) + ": " + message);
  }

  private static boolean isBlank(String line) {
    return line.isEmpty() || line.startsWith("#");
  }

  private void commands() {
    while (at < lines.size()) {
      String line = lines.get(at);
      if (isBlank(line)) {
        at++;
      } else if (line.equals("clear")) {
        commands.add(new Script.Clear());
        at++;
      } else if (line.startsWith("load")) {
        load(line);
      } else if (line.startsWith("eval")) {
        eval(line);
      } else {
        throw error(at, "unknown command: " + line);
      }
    }
  }

  private void load(String line) {
    String[] words = line.split("[ \t]+");
    if (words.length != 2 || !words[0].equals("load") && !words[0].equals("load_with_nhcb")) {
      throw error(at, "bad load: " + line);
    }
    LoadBlock block = new LoadBlock(LoadBlock.millis(words[1]));
    at++;
    while (at < lines.size() && !isBlank(lines.get(at))) {
      block.line(lines.get(at));
      at++;
    }
    List<LoadedSeries> series = new ArrayList<>(block.series());
    if (words[0].equals("load_with_nhcb")) {
      series.addAll(CustomBucketSeries.of(series));
    }
    commands.add(new Script.Load(series));
  }

  private static final Pattern INSTANT =
      Pattern.compile("(eval\\w*)\\s+instant\\s+(?:at\\s+(\\S+))?\\s+(.+)");
  private static final Pattern RANGE =
      Pattern.compile(
          "(eval\\w*)\\s+range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)\\s+(.+)");
  private static final Pattern WINDOW =
      Pattern.compile(
          "expect\\s+range\\s+vector\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)");
  private static final Pattern EXPECT =
      Pattern.compile("expect\\s+(fail|warn|info|no_warn|no_info|ordered|string)\\b\\s*(.*)");

  private void eval(String line) {
    int first = at;
    Matcher instant = INSTANT.matcher(line);
    Matcher range = RANGE.matcher(line);
    String kind;
    String query;
    long start;
    long end;
    long step = 0;
    if (instant.matches()) {
      kind = instant.group(1);
      start = instant.group(2) == null ? 0 : LoadBlock.millis(instant.group(2));
      end = start;
      query = instant.group(3);
    } else if (range.matches()) {
      kind = range.group(1);
      start = LoadBlock.millis(range.group(2));
      end = LoadBlock.millis(range.group(3));
      step = LoadBlock.millis(range.group(4));
      query = range.group(5);
    } else {
      throw error(at, "bad eval: " + line);
    }
    try {
      engine.parse(query);
    } catch (QueryException e) {
      throw error(at, String.valueOf(e.getMessage()));
    }
    Collected c = new Collected();
    switch (kind) {
      case "eval" -> {}
      case "eval_fail" -> c.failure = new Script.ExpectedText.Any();
      case "eval_warn" -> c.warnings.add(new Script.ExpectedText.Any());
      case "eval_info" -> c.infos.add(new Script.ExpectedText.Any());
      case "eval_ordered" -> c.ordered = true;
      default -> throw error(at, "unknown command: " + kind);
    }
    at++;
    while (at < lines.size() && !isBlank(lines.get(at))) {
      boolean ends = expectation(lines.get(at), c);
      at++;
      if (ends) {
        break;
      }
    }
    Script.ExpectedRange w = c.window;
    commands.add(
        new Script.Eval(
            first + 1,
            query,
            w == null ? start : w.to(),
            w == null ? end : w.to(),
            step,
            w,
            c.done()));
  }

  /// The expectations of an eval that were parsed so far.
  private static final class Collected {
    private Script.@Nullable ExpectedText failure;
    private final List<Script.ExpectedText> warnings = new ArrayList<>();
    private final List<Script.ExpectedText> infos = new ArrayList<>();
    private boolean noWarnings;
    private boolean noInfos;
    private boolean ordered;
    private @Nullable String string;
    private @Nullable Double scalar;
    private Script.@Nullable ExpectedRange window;
    private final List<Script.ExpectedSeries> series = new ArrayList<>();

    Script.Expectations done() {
      return new Script.Expectations(
          Optional.ofNullable(failure),
          warnings,
          infos,
          noWarnings,
          noInfos,
          ordered,
          Optional.ofNullable(string),
          Optional.ofNullable(scalar),
          series);
    }
  }

  /// Parses one line below an eval; returns true where it ends the block.
  private boolean expectation(String line, Collected c) {
    Matcher window = WINDOW.matcher(line);
    if (window.matches()) {
      c.window =
          new Script.ExpectedRange(
              LoadBlock.millis(window.group(1)),
              LoadBlock.millis(window.group(2)),
              LoadBlock.millis(window.group(3)));
      return false;
    }
    Matcher expect = EXPECT.matcher(line);
    if (expect.matches()) {
      expect(expect.group(1), expect.group(2).strip(), c);
      return false;
    }
    if (line.startsWith("expected_fail_message")) {
      c.failure =
          new Script.ExpectedText.Exactly(line.substring("expected_fail_message".length()).strip());
      return true;
    }
    if (line.startsWith("expected_fail_regexp")) {
      String regex = line.substring("expected_fail_regexp".length()).strip();
      c.failure = new Script.ExpectedText.MatchesRegex(Regex.compile(regex));
      return true;
    }
    Double number = bareNumber(line);
    if (number != null) {
      c.scalar = number;
      return true;
    }
    SeriesLine.Parts parts = SeriesLine.parse(line);
    c.series.add(new Script.ExpectedSeries(parts.labels(), ItemParser.parse(parts.rest())));
    return false;
  }

  private static @Nullable Double bareNumber(String line) {
    if (line.isEmpty() || "+-.0123456789INin".indexOf(line.charAt(0)) < 0) {
      return null;
    }
    try {
      return ItemParser.number(line);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void expect(String what, String rest, Collected c) {
    switch (what) {
      case "fail" -> c.failure = text(rest);
      case "warn" -> c.warnings.add(text(rest));
      case "info" -> c.infos.add(text(rest));
      case "no_warn" -> c.noWarnings = true;
      case "no_info" -> c.noInfos = true;
      case "ordered" -> c.ordered = true;
      default -> c.string = Literals.unquote(rest);
    }
  }

  private Script.ExpectedText text(String rest) {
    if (rest.isEmpty()) {
      return new Script.ExpectedText.Any();
    }
    if (rest.startsWith("msg:")) {
      return new Script.ExpectedText.Exactly(rest.substring(4).strip());
    }
    if (rest.startsWith("regex:")) {
      return new Script.ExpectedText.MatchesRegex(Regex.compile(rest.substring(6).strip()));
    }
    throw error(at, "expected msg: or regex: in: " + rest);
  }
}
