package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Parses the text of a request. A text that begins with a brace is JSON, any other YAML.
final class FieldParser {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_CHARACTERS = 64 << 20;

  /// What a field takes beside its texts: itself and its places in its parent.
  static final long FIELD_BYTES = 220;

  /// What the members of an object or the elements of a list take beside these.
  private static final long GROUP_BYTES = 400;

  /// What YAML is made of before it becomes fields.
  private static final long NODE_BYTES = 200;

  /// Fields between two looks for an interrupt.
  private static final int LOOK_EVERY = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_CHARACTERS)
                  .build())
          .build();

  private final MemoryAccount memory;
  private int fields;

  private FieldParser(MemoryAccount memory) {
    this.memory = memory;
  }

  /// What a field takes in memory.
  static long bytes(String path, String text) {
    return FIELD_BYTES + path.length() + 2L * text.length();
  }

  /// What an object takes in memory beside its members.
  static long objectBytes(String path) {
    return bytes(path, "") + GROUP_BYTES;
  }

  private void reserve(long bytes) {
    memory.reserve(bytes);
    if (++fields % LOOK_EVERY == 0 && Thread.currentThread().isInterrupted()) {
      throw new QueryException.Cancelled("request was canceled while it was read");
    }
  }

  /// @param memory for the fields; it stays reserved
  /// @throws BacktestException where it is neither
  static Field.Members parse(String text, MemoryAccount memory) {
    if (text.length() > MAX_CHARACTERS) {
      throw new BacktestException(
          "request", text.length() + " characters, limit " + MAX_CHARACTERS);
    }
    FieldParser parser = new FieldParser(memory);
    return text.stripLeading().startsWith("{")
        ? parser.json(text, "", "request")
        : parser.yaml(text);
  }

  /// Parses one JSON object.
  ///
  /// @param path of what it is in a request
  static Field.Members parseLine(String text, String path, MemoryAccount memory) {
    return new FieldParser(memory).json(text, path, path);
  }

  private Field.Members json(String text, String path, String shown) {
    try (JsonParser p = JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), text)) {
      p.nextToken();
      Field out = json(p, path);
      if (p.nextToken() != null) {
        throw new BacktestException(shown, "there is more than one JSON value");
      }
      return out.asMembers();
    } catch (JacksonException e) {
      throw new BacktestException(shown, "is no JSON: " + e.getOriginalMessage());
    }
  }

  private Field json(JsonParser p, String path) {
    JsonToken token = p.currentToken();
    boolean isScalar = token != null && token.isScalarValue();
    reserve(isScalar ? bytes(path, p.getString()) : objectBytes(path));
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Field> members = new LinkedHashMap<>();
        while (p.nextToken() != JsonToken.END_OBJECT) {
          String name = p.currentName();
          p.nextToken();
          if (p.currentToken() != JsonToken.VALUE_NULL) {
            members.put(name, json(p, Field.member(path, name)));
          }
        }
        yield new Field.Members(path, members);
      }
      case START_ARRAY -> {
        List<Field> elements = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
          elements.add(json(p, path + "[" + elements.size() + "]"));
        }
        yield new Field.Sequence(path, elements);
      }
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
          new Field.Scalar(path, p.getString());
      case VALUE_NULL -> new Field.Scalar(path, "");
      case null, default ->
          throw new BacktestException(
              path.isEmpty() ? "request" : path, "is no JSON: it ends too early");
    };
  }

  private Field.Members yaml(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(0);
    options.setAllowDuplicateKeys(false);
    try {
      // Nodes are made of all of a text at once, so they are counted before.
      for (Event e : new Yaml(new SafeConstructor(options)).parse(new StringReader(text))) {
        if (e instanceof ScalarEvent s) {
          reserve(NODE_BYTES + bytes("", s.getValue()));
        } else if (e instanceof CollectionStartEvent) {
          reserve(NODE_BYTES + objectBytes(""));
        }
      }
      Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (root == null) {
        throw new BacktestException("request", "is empty");
      }
      return yaml(root, "").asMembers();
    } catch (YAMLException e) {
      throw new BacktestException("request", "is no YAML: " + e.getMessage());
    }
  }

  private Field yaml(Node node, String path) {
    memory.reserve(path.length());
    return switch (node) {
      case MappingNode m -> {
        Map<String, Field> members = new LinkedHashMap<>();
        for (NodeTuple t : m.getValue()) {
          String name = t.getKeyNode() instanceof ScalarNode s ? s.getValue() : "?";
          Field value = yaml(t.getValueNode(), Field.member(path, name));
          if (members.put(name, value) != null) {
            throw new BacktestException(Field.member(path, name), "is given twice");
          }
        }
        yield new Field.Members(path, members);
      }
      case SequenceNode s -> {
        List<Field> elements = new ArrayList<>();
        for (Node n : s.getValue()) {
          elements.add(yaml(n, path + "[" + elements.size() + "]"));
        }
        yield new Field.Sequence(path, elements);
      }
      case ScalarNode s ->
          new Field.Scalar(
              path, s.getTag().equals(org.yaml.snakeyaml.nodes.Tag.NULL) ? "" : s.getValue());
      default -> throw new BacktestException(path, "is not supported in YAML here");
    };
  }
}
