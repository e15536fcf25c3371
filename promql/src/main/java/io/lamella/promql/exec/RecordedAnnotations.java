package io.lamella.promql.exec;

import io.lamella.promql.ast.TextRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Annotations that one thread adds while it evaluates a part of a query. They are kept in order,
/// until the thread of the query adds them to its own at the place where they belong.
final class RecordedAnnotations extends Annotations {
  private enum Kind {
    WARNING,
    INFO
  }

  private record Note(Kind kind, TextRange place, TextRange of, String text) {}

  private final QueryMemory memory;
  private final Set<Note> known = new HashSet<>();
  private List<Consumer<Annotations>> added = new ArrayList<>();

  RecordedAnnotations(QueryMemory memory) {
    super(memory);
    this.memory = memory;
  }

  /// What was added since the last call, in order.
  List<Consumer<Annotations>> take() {
    if (added.isEmpty()) {
      return List.of();
    }
    List<Consumer<Annotations>> out = added;
    added = new ArrayList<>();
    return out;
  }

  @Override
  public void warn(TextRange place, TextRange of, String text) {
    if (isNew(new Note(Kind.WARNING, place, of, text))) {
      added.add(a -> a.warn(place, of, text));
    }
  }

  @Override
  public void info(TextRange place, String text) {
    if (isNew(new Note(Kind.INFO, place, place, text))) {
      added.add(a -> a.info(place, text));
    }
  }

  /// Adding the same once more would change nothing: this thread evaluates its parts in their
  /// order.
  private boolean isNew(Note note) {
    if (!known.add(note)) {
      return false;
    }
    memory.hold(BYTES_PER_TEXT + 2L * note.text().length());
    return true;
  }

  @Override
  public void overlap(TextRange place, String metric) {
    added.add(a -> a.overlap(place, metric));
  }

  @Override
  public void monotonicity(TextRange place, String metric, Monotonicity corrections) {
    added.add(a -> a.monotonicity(place, metric, corrections));
  }
}
