package io.lamella.promql.exec.function;

import io.lamella.model.InvalidRegexException;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Regex;
import io.lamella.model.Utf8Order;
import io.lamella.promql.exec.DuplicateLabels;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `label_replace` and `label_join`.
public final class LabelFunctions implements SeriesOperator {
  /// The new value of the destination label, or null for no change.
  @FunctionalInterface
  private interface Rule {
    @Nullable String value(Labels labels, HeldText out);
  }

  /// A text whose memory is counted before it grows: nested calls multiply the length of a value.
  static final class HeldText {
    /// In the buffer, in a larger one that it is copied to, and in the value.
    private static final int BYTES_PER_CHARACTER = 4;

    private final QueryMemory memory;
    private final StringBuilder text = new StringBuilder();
    private long held;

    HeldText(QueryMemory memory) {
      this.memory = memory;
    }

    void append(String more) {
      long bytes = (long) BYTES_PER_CHARACTER * more.length();
      memory.hold(bytes);
      held += bytes;
      text.append(more);
    }

    void append(char c) {
      text.append(c);
    }

    void release() {
      memory.release(held);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  private final QueryRun run;
  private final SeriesOperator from;
  private final String destination;
  private final Rule rule;
  private final DuplicateLabels duplicates;

  private LabelFunctions(QueryRun run, SeriesOperator from, String destination, Rule rule) {
    this.run = run;
    this.from = from;
    this.destination = destination;
    this.rule = rule;
    this.duplicates = new DuplicateLabels(run.memory());
  }

  public static SeriesOperator replace(
      QueryRun run, SeriesOperator from, String dst, String replacement, String src, String regex) {
    Regex compiled;
    String anchored = "^(?s:" + regex + ")$";
    try {
      run.memory().hold(Regex.programBytes(anchored));
      compiled = Regex.compile(anchored);
    } catch (InvalidRegexException e) {
      throw new EvaluationException.Failed(
          "invalid regular expression in label_replace(): " + regex);
    }
    if (!isLabelName(dst)) {
      throw new EvaluationException.Failed(
          "invalid destination label name in label_replace(): " + dst);
    }
    return new LabelFunctions(
        run,
        from,
        dst,
        (labels, out) ->
            compiled
                .match(labels.value(src))
                .map(groups -> {
                  expand(replacement, groups, out);
                  return out.toString();
                })
                .orElse(null));
  }

  public static SeriesOperator join(
      QueryRun run, SeriesOperator from, String dst, String separator, List<String> sources) {
    for (String s : sources) {
      if (!isLabelName(s)) {
        throw new EvaluationException.Failed("invalid source label name in label_join(): " + s);
      }
    }
    if (!isLabelName(dst)) {
      throw new EvaluationException.Failed(
          "invalid destination label name in label_join(): " + dst);
    }
    return new LabelFunctions(
        run,
        from,
        dst,
        (labels, out) -> {
          for (int i = 0; i < sources.size(); i++) {
            out.append(i > 0 ? separator : "");
            out.append(labels.value(sources.get(i)));
          }
          return out.toString();
        });
  }

  private static boolean isLabelName(String s) {
    return !s.isEmpty() && Utf8Order.isValid(s);
  }

  /// Go's expansion: `$name`, `${name}`, `$1`; the longest name counts, `$$` is a dollar, a group
  /// that does not exist is empty, and a dollar before anything else stands for itself.
  private static void expand(String template, Regex.Groups groups, HeldText out) {
    int i = 0;
    while (i < template.length()) {
      char c = template.charAt(i);
      if (c != '$' || i + 1 >= template.length()) {
        out.append(c);
        i++;
        continue;
      }
      if (template.charAt(i + 1) == '$') {
        out.append('$');
        i += 2;
        continue;
      }
      boolean brace = template.charAt(i + 1) == '{';
      int from = brace ? i + 2 : i + 1;
      int to = from;
      while (to < template.length() && isNamePart(template.charAt(to))) {
        to++;
      }
      if (to == from || brace && (to >= template.length() || template.charAt(to) != '}')) {
        out.append('$');
        i++;
        continue;
      }
      out.append(group(template.substring(from, to), groups));
      i = brace ? to + 1 : to;
    }
  }

  private static boolean isNamePart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private static String group(String name, Regex.Groups groups) {
    boolean isNumber = name.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      return groups.group(name);
    }
    // A number with a leading zero is no group's number.
    boolean isGroup = name.length() <= 9 && (name.length() == 1 || name.charAt(0) != '0');
    return isGroup ? groups.group(Integer.parseInt(name)) : "";
  }

  @Override
  public boolean next(StepSeries into) {
    if (!from.next(into)) {
      return false;
    }
    run.tick();
    HeldText text = new HeldText(run.memory());
    String value = rule.value(into.labels(), text);
    if (value != null) {
      LabelsBuilder b = into.labels().toBuilder();
      into.labels(b.set(destination, value).build());
      if (destination.equals(Labels.METRIC_NAME)) {
        into.dropsName(false);
      }
    }
    duplicates.checkSteps(into);
    text.release();
    return true;
  }

  @Override
  public boolean hasUniqueLabels() {
    return false;
  }
}
