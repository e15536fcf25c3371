package io.lamella.gateway.grpc;

import io.lamella.gateway.wire.thanos.Label;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.LabelSet;
import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Labels as messages. The messages of labels that come again and again are made once. Used by one
/// thread.
final class WireLabels {
  private static final int MAX_KEPT = 4096;

  private final Map<Pair, Label> kept =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Label> eldest) {
          return size() > MAX_KEPT;
        }
      };

  private record Pair(String name, String value) {}

  /// The labels, sorted by name.
  List<Label> of(Labels labels) {
    List<Label> out = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      out.add(
          kept.computeIfAbsent(
              new Pair(labels.name(i), labels.value(i)), p -> label(p.name(), p.value())));
    }
    return out;
  }

  private static Label label(String name, String value) {
    return Label.newBuilder().setName(name).setValue(value).build();
  }

  /// A set of labels.
  static LabelSet set(Labels labels) {
    return LabelSet.newBuilder().addAllLabels(new WireLabels().of(labels)).build();
  }

  /// Characters of all names and values.
  static long characters(List<LabelMatcher> messages) {
    return messages.stream().mapToLong(m -> m.getName().length() + m.getValue().length()).sum();
  }
}
