package io.lamella.storage.object.config;

import io.lamella.model.Durations;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// A YAML mapping whose members are read by name. Members that were not read are errors.
public final class YamlMap {
  /// Where a part of a duration ends and the next one begins.
  private static final Pattern PART_START = Pattern.compile("(?<=[a-z])(?=[0-9])");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

  private final String path;
  private final int line;
  private final Map<String, Node> members = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final Set<String> read = new HashSet<>();

  private YamlMap(String path, int line) {
    this.path = path;
    this.line = line;
  }

  /// @param environment whose values replace `$(NAME)` in the text
  /// @throws IllegalArgumentException where the text is not a mapping, or a name has no value
  public static YamlMap parse(String text, Map<String, String> environment) {
    return parse(expand(text, environment));
  }

  /// Replaces `$(NAME)` by the environment's value.
  private static String expand(String text, Map<String, String> environment) {
    Matcher m = VARIABLE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (m.find()) {
      String value = environment.get(m.group(1));
      if (value == null) {
        throw new IllegalArgumentException("$(" + m.group(1) + ") is not set in the environment");
      }
      m.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return m.appendTail(out).toString();
  }

  /// The mappings of a sequence.
  ///
  /// @throws IllegalArgumentException where the text is no sequence of mappings
  public static List<YamlMap> parseAll(String text) {
    if (!(root(text) instanceof SequenceNode all)) {
      throw new IllegalArgumentException("it is no list");
    }
    List<YamlMap> out = new ArrayList<>();
    for (Node n : all.getValue()) {
      if (!(n instanceof MappingNode m)) {
        throw new IllegalArgumentException(
            "line " + (n.getStartMark().getLine() + 1) + " is no mapping of keys to values");
      }
      out.add(of(m, ""));
    }
    return out;
  }

  /// @throws IllegalArgumentException where the text is not a mapping
  public static YamlMap parse(String text) {
    if (!(root(text) instanceof MappingNode m)) {
      throw new IllegalArgumentException("it is no mapping of keys to values");
    }
    return of(m, "");
  }

  private static @Nullable Node root(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(1 << 20);
    options.setNestingDepthLimit(20);
    options.setMaxAliasesForCollections(0);
    try {
      return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    } catch (YAMLException e) {
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException("it is no YAML: " + first, e);
    }
  }

  private static YamlMap of(MappingNode node, String path) {
    YamlMap out = new YamlMap(path, node.getStartMark().getLine() + 1);
    for (NodeTuple t : node.getValue()) {
      String key = t.getKeyNode() instanceof ScalarNode s ? s.getValue() : "?";
      if (out.members.put(key, t.getValueNode()) != null) {
        throw new IllegalArgumentException(
            "key \""
                + path
                + key
                + "\" is given twice, in line "
                + (t.getKeyNode().getStartMark().getLine() + 1));
      }
      out.lines.put(key, t.getKeyNode().getStartMark().getLine() + 1);
    }
    return out;
  }

  private IllegalArgumentException wrong(String key, String expected) {
    return new IllegalArgumentException(
        "key \""
            + path
            + key
            + "\" in line "
            + lines.getOrDefault(key, line)
            + " is not "
            + expected);
  }

  public String text(String key, String otherwise) {
    read.add(key);
    Node n = members.get(key);
    if (n == null) {
      return otherwise;
    }
    if (!(n instanceof ScalarNode s)) {
      throw wrong(key, "a text");
    }
    boolean none = s.getTag().equals(org.yaml.snakeyaml.nodes.Tag.NULL);
    return none ? otherwise : s.getValue();
  }

  /// A sequence of texts; none where it is absent.
  public List<String> list(String key) {
    read.add(key);
    Node n = members.get(key);
    if (n == null) {
      return List.of();
    }
    if (!(n instanceof SequenceNode all)) {
      throw wrong(key, "a list of texts");
    }
    List<String> out = new ArrayList<>();
    for (Node each : all.getValue()) {
      if (!(each instanceof ScalarNode s)) {
        throw wrong(key, "a list of texts");
      }
      out.add(s.getValue());
    }
    return out;
  }

  public String required(String key) {
    String v = text(key, "");
    if (v.isEmpty()) {
      throw new IllegalArgumentException("key \"" + path + key + "\" is missing");
    }
    return v;
  }

  public boolean flag(String key) {
    String v = text(key, "false");
    return switch (v) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, "true or false");
    };
  }

  public long number(String key, long otherwise) {
    String v = text(key, Long.toString(otherwise));
    try {
      return Long.parseLong(v);
    } catch (NumberFormatException e) {
      throw wrong(key, "a whole number");
    }
  }

  public Duration duration(String key, Duration otherwise) {
    String v = text(key, "");
    if (v.isEmpty()) {
      return otherwise;
    }
    try {
      // The parts may stand in any order, and repeat.
      Duration total = Duration.ZERO;
      for (String part : PART_START.split(v)) {
        total = total.plusNanos(Durations.parseNanos(part));
      }
      return total;
    } catch (IllegalArgumentException e) {
      throw wrong(key, "a duration as 1m30s");
    }
  }

  /// A mapping within this one; an empty one where it is absent.
  public YamlMap map(String key) {
    read.add(key);
    Node n = members.get(key);
    if (n == null || n instanceof ScalarNode s && s.getValue().isEmpty()) {
      return new YamlMap(path + key + ".", lines.getOrDefault(key, line));
    }
    if (!(n instanceof MappingNode m)) {
      throw wrong(key, "a mapping");
    }
    return of(m, path + key + ".");
  }

  /// The keys of this mapping, in their order.
  public Set<String> keys() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /// The members of a mapping within this one, all of them texts; none where it is absent.
  public Map<String, String> texts(String key) {
    YamlMap map = map(key);
    Map<String, String> out = new LinkedHashMap<>();
    map.members.keySet().forEach(k -> out.put(k, map.text(k, "")));
    return out;
  }

  /// Accepts a key of Thanos that has no meaning here.
  public void ignore(String... keys) {
    read.addAll(Set.of(keys));
  }

  /// @throws IllegalArgumentException where there is a key that was not read
  public void end() {
    for (String key : members.keySet()) {
      if (!read.contains(key)) {
        throw new IllegalArgumentException(
            "unknown key \"" + path + key + "\" in line " + lines.get(key));
      }
    }
  }
}
