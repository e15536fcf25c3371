package io.lamella.gateway.query;

import io.lamella.gateway.association.Association.Direction;
import io.lamella.gateway.association.LabelPairs;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Answers lookups of associations from the pairs of labels of blocks. Lookups of the same labels
/// read each block once.
final class AssociatedIds {
  private static final long ID_BYTES = 200;
  private static final long FOUND_BYTES = 120;

  private final AssociationLookup lookup;
  private final QueryBudget budget;
  private final SortedMap<String, SortedSet<String>> found = new TreeMap<>(Utf8Order.COMPARATOR);

  private AssociatedIds(AssociationLookup lookup, QueryBudget budget) {
    this.lookup = lookup;
    this.budget = budget;
    lookup.ids().ifPresent(ids -> ids.forEach(this::of));
  }

  /// The associated ids of each id that is asked for, in order; without any where there is none. Of
  /// ids that are not asked for, only those with associated ids.
  ///
  /// @return one for each lookup
  static List<SortedMap<String, SortedSet<String>>> find(
      DataSnapshot snapshot, List<AssociationLookup> lookups, QueryBudget budget) {
    List<AssociatedIds> all = lookups.stream().map(l -> new AssociatedIds(l, budget)).toList();
    Map<PairedLabels, List<AssociatedIds>> byLabels = new LinkedHashMap<>();
    for (AssociatedIds a : all) {
      byLabels.computeIfAbsent(a.lookup.association().labels(), _ -> new ArrayList<>()).add(a);
    }
    byLabels.forEach((labels, some) ->
        snapshot.labelPairs(
            labels,
            some.stream().map(a -> a.lookup.range()).distinct().toList(),
            budget,
            (served, pairs) -> {
              for (AssociatedIds a : some) {
                a.add(served, pairs);
              }
              if (Thread.currentThread().isInterrupted()) {
                throw new QueryException.Cancelled("query was canceled in reading associations");
              }
            }));
    return all.stream().map(a -> a.found).toList();
  }

  /// The estimated bytes of a result.
  static long bytes(SortedMap<String, SortedSet<String>> found) {
    long out = 0;
    for (Map.Entry<String, SortedSet<String>> e : found.entrySet()) {
      out += ID_BYTES + 2L * e.getKey().length();
      for (String s : e.getValue()) {
        out += FOUND_BYTES + 2L * s.length();
      }
    }
    return out;
  }

  /// All associated ids of a result, each once.
  static SortedSet<String> together(SortedMap<String, SortedSet<String>> found) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    found.values().forEach(out::addAll);
    return out;
  }

  private SortedSet<String> of(String id) {
    return found.computeIfAbsent(
        id,
        i -> {
          budget.reserveMemory(ID_BYTES + 2L * i.length());
          return new TreeSet<>(Utf8Order.COMPARATOR);
        });
  }

  private void add(TimeRange served, LabelPairs pairs) {
    if (!served.overlaps(lookup.range())) {
      return;
    }
    TimeRange range =
        new TimeRange(
            Math.max(served.startMillis(), lookup.range().startMillis()),
            Math.min(served.endMillis(), lookup.range().endMillis()));
    Direction direction = lookup.association().direction();
    Collection<String> ids =
        lookup.ids().<Collection<String>>map(i -> i).orElseGet(() -> pairs.ids(direction));
    for (String id : ids) {
      pairs.find(
          direction,
          id,
          range,
          other -> {
            if (of(id).add(other)) {
              budget.reserveMemory(FOUND_BYTES + 2L * other.length());
            }
          });
    }
  }
}
