package io.lamella.gateway.select;

import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether the hashes of rows tell which rows of several blocks are of one series.
///
/// A hash covers a row's own labels, not the external labels of its block. So the rows of one
/// series have different hashes where a label is external in one block and the row's own in
/// another, as after a change of `--fold-label`, or where an external label hides one of their own.
final class RowHashes {
  private RowHashes() {}

  /// @param open the shards that a selection reads
  static boolean identifySeries(List<OpenShard> open) {
    Map<Set<String>, List<OpenShard>> byExternal = new HashMap<>();
    for (OpenShard s : open) {
      Set<String> names = names(s.block().external());
      if (names.stream().anyMatch(s::hasColumn)) {
        return false;
      }
      byExternal.computeIfAbsent(names, _ -> new ArrayList<>()).add(s);
    }
    List<Set<String>> sets = List.copyOf(byExternal.keySet());
    for (int i = 0; i < sets.size(); i++) {
      for (Set<String> other : sets.subList(0, i)) {
        if (mayBeRowLabels(sets.get(i), other, byExternal.getOrDefault(other, List.of()))
            && mayBeRowLabels(
                other, sets.get(i), byExternal.getOrDefault(sets.get(i), List.of()))) {
          return false;
        }
      }
    }
    return true;
  }

  private static Set<String> names(Labels labels) {
    Set<String> out = new HashSet<>();
    labels.forEach((name, _) -> out.add(name));
    return out;
  }

  /// True where rows of the shards may have all of the labels but those that are external there.
  private static boolean mayBeRowLabels(
      Set<String> labels, Set<String> external, List<OpenShard> shards) {
    return labels.stream()
        .allMatch(l -> external.contains(l) || shards.stream().anyMatch(s -> s.hasColumn(l)));
  }
}
