package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.Ulid;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The work items of a run in their order, and what is left out.
///
/// @param published number of stream days that are already published
/// @param waiting days that are not converted, because a source block is damaged
/// @param superseded published blocks whose samples are all in other published blocks of the same
///   day, which follow the settings of this run
/// @param leaves the narrowest known time ranges of leaves, for the next run
public record Plan(
    List<WorkItem> items,
    int published,
    List<Waiting> waiting,
    List<Skipped> skipped,
    List<Ulid> superseded,
    Map<Ulid, TimeSpan> leaves) {
  /// A source block that no item reads.
  ///
  /// @param kind whether a person should look at it
  public record Skipped(Ulid block, String why, Kind kind) {
    /// A block that is left out on purpose.
    public static Skipped expected(Ulid block, String why) {
      return new Skipped(block, why, Kind.EXPECTED);
    }

    /// A damaged or incomplete block.
    public static Skipped damaged(Ulid block, String why) {
      return new Skipped(block, why, Kind.DAMAGED);
    }
  }

  /// A day of which a source block is damaged.
  public record Waiting(Labels stream, LocalDate day, Ulid block) {}

  /// Why a block is left out.
  public enum Kind {
    /// As it should be: compacted into another, downsampled, marked, still being uploaded.
    EXPECTED,
    /// It should be converted and cannot be.
    DAMAGED
  }

  public Plan {
    items = List.copyOf(items);
    waiting = List.copyOf(waiting);
    skipped = List.copyOf(skipped);
    superseded = List.copyOf(superseded);
    leaves = Map.copyOf(leaves);
  }

  /// The items in groups: two items that read the same block are in the same group. In the order of
  /// the first item of each, and in that of the items within a group.
  public List<List<WorkItem>> groups() {
    Map<Ulid, Integer> firstReader = new HashMap<>();
    int[] parent = new int[items.size()];
    for (int i = 0; i < parent.length; i++) {
      parent[i] = i;
      for (WorkItem.Read r : items.get(i).reads()) {
        Integer other = firstReader.putIfAbsent(r.ulid(), i);
        if (other != null) {
          union(parent, other, i);
        }
      }
    }
    Map<Integer, List<WorkItem>> groups = new LinkedHashMap<>();
    for (int i = 0; i < parent.length; i++) {
      groups.computeIfAbsent(root(parent, i), _ -> new ArrayList<>()).add(items.get(i));
    }
    return List.copyOf(groups.values());
  }

  private static int root(int[] parent, int i) {
    int at = i;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  private static void union(int[] parent, int a, int b) {
    int x = root(parent, a);
    int y = root(parent, b);
    parent[Math.max(x, y)] = Math.min(x, y);
  }
}
