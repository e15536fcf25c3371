package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A value of a request, as JSON and YAML have them, with its path in the request.
sealed interface Field {
  /// Such as `windows[3].labels.dc_id`; empty for the request itself.
  String path();

  /// A text, a number or a truth value, as written.
  record Scalar(String path, String text) implements Field {}

  record Sequence(String path, List<Field> elements) implements Field {
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /// Named members. Those that nobody reads are errors.
  final class Members implements Field {
    private final String path;
    private final Map<String, Field> all;
    private final Set<String> read = new HashSet<>();

    Members(String path, Map<String, Field> all) {
      this.path = path;
      this.all = new LinkedHashMap<>(all);
    }

    @Override
    public String path() {
      return path;
    }

    /// The path of a member, which need not exist.
    String pathOf(String name) {
      return Field.member(path, name);
    }

    Set<String> names() {
      return all.keySet();
    }

    Optional<Field> find(String name) {
      read.add(name);
      return Optional.ofNullable(all.get(name));
    }

    Optional<String> text(String name) {
      return find(name).map(Field::asText);
    }

    String text(String name, String otherwise) {
      return text(name).orElse(otherwise);
    }

    String required(String name) {
      return text(name)
          .filter(t -> !t.isEmpty())
          .orElseThrow(() -> new BacktestException(pathOf(name), "is missing"));
    }

    Optional<Members> members(String name) {
      return find(name).map(Field::asMembers);
    }

    /// The elements of a sequence; none where it is absent.
    List<Field> elements(String name) {
      return find(name).map(Field::asSequence).map(Sequence::elements).orElse(List.of());
    }

    /// @throws BacktestException where there is a member that was not read
    void end() {
      for (String name : all.keySet()) {
        if (!read.contains(name)) {
          throw new BacktestException(pathOf(name), "unknown field");
        }
      }
    }
  }

  static String member(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  default String asText() {
    return switch (this) {
      case Scalar s -> s.text();
      case Sequence _, Members _ ->
          throw new BacktestException(path(), "is not a text or a number");
    };
  }

  default Members asMembers() {
    return switch (this) {
      case Members m -> m;
      case Scalar _, Sequence _ ->
          throw new BacktestException(shownPath(), "is not an object with named fields");
    };
  }

  default Sequence asSequence() {
    return switch (this) {
      case Sequence s -> s;
      case Scalar _, Members _ -> throw new BacktestException(path(), "is not a list");
    };
  }

  /// One text or a list of texts.
  default List<String> asTexts() {
    return switch (this) {
      case Scalar s -> List.of(s.text());
      case Sequence s -> {
        List<String> out = new ArrayList<>();
        s.elements().forEach(e -> out.add(e.asText()));
        yield out;
      }
      case Members _ -> throw new BacktestException(path(), "is not a text or a list of texts");
    };
  }

  private String shownPath() {
    return path().isEmpty() ? "request" : path();
  }
}
