package io.lamella.promql.exec;

import io.lamella.promql.ast.TextRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Annotations that one thread adds while it evaluates a part of a query. They are kept in order,
/// until the thread of the query adds them to its own at the place where they belong.
final class RecordedAnnotations extends Annotations {
  private enum Kind {
    WARNING,
    INFO,
    OVERLAP
  }

  private record Note(Kind kind, TextRange place, TextRange of, String text) {}

  private final QueryMemory memory;
  private final Set<Note> known = new HashSet<>();
  private final Map<Note, Counter> overlaps = new HashMap<>();
  private List<Consumer<Annotations>> added = new ArrayList<>();
  private long held;

  private static final class Counter {
    private int count;
  }

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
    overlaps.clear();
    return out;
  }

  /// Forgets what was added, so that it is recorded when it is added once more.
  void forget() {
    known.clear();
    memory.release(held);
    held = 0;
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

  /// Adding the same once more would change nothing.
  private boolean isNew(Note note) {
    if (!known.add(note)) {
      return false;
    }
    long bytes = BYTES_PER_TEXT + 2L * note.text().length();
    memory.hold(bytes);
    held += bytes;
    return true;
  }

  /// There may be one for every sample of every window, so they are counted.
  @Override
  void overlaps(TextRange place, String metric, int count) {
    overlaps.computeIfAbsent(
                new Note(Kind.OVERLAP, place, place, metric),
                _ -> {
                  Counter counter = new Counter();
                  added.add(a -> a.overlaps(place, metric, counter.count));
                  return counter;
                })
            .count +=
        count;
  }

  @Override
  public void monotonicity(TextRange place, String metric, Monotonicity corrections) {
    added.add(a -> a.monotonicity(place, metric, corrections));
  }
}
