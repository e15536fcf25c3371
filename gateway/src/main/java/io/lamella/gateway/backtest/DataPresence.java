package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.plan.SelectorReach;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Watches what the selectors of a unit read, and notes for which windows a rule has data: where
/// one of its selectors finds a sample, other than a stale marker, that the rule may use at some
/// step of the window. Windows themselves, as [CalendarSource] has them, are no data.
final class DataPresence implements SeriesSource {
  /// One selector of a rule.
  ///
  /// @param missing the windows for which it has found no sample
  private record Watch(SelectorReach reach, BitSet missing) {}

  private final SeriesSource source;
  private final List<TimeRange> windows;
  private final long stepMillis;
  private final Map<List<Matcher>, List<Watch>> watches = new HashMap<>();
  private final List<List<Watch>> byRule = new ArrayList<>();

  /// @param windows the range of evaluation of each
  DataPresence(SeriesSource source, EvaluationUnit unit, List<TimeRange> windows) {
    this.source = source;
    this.windows = windows;
    this.stepMillis = unit.stepMillis();
    // Where a rule depends on the range of a window, the unit has a single one.
    TimeRange first = windows.getFirst();
    long range = first.endMillis() - first.startMillis();
    for (Rule rule : unit.rules()) {
      List<Watch> own = new ArrayList<>();
      for (SelectorReach r : LabelBinding.bind(rule.reaches().of(range), unit.labels())) {
        if (CalendarSource.reads(r.matchers())) {
          continue;
        }
        BitSet missing = new BitSet(windows.size());
        missing.set(0, windows.size());
        Watch w = new Watch(r, missing);
        own.add(w);
        watches.computeIfAbsent(r.matchers(), _ -> new ArrayList<>()).add(w);
      }
      byRule.add(own);
    }
  }

  /// True where a rule has data in a window, or reads none at all.
  boolean hasData(int rule, int window) {
    List<Watch> own = byRule.get(rule);
    return own.isEmpty() || own.stream().anyMatch(w -> !w.missing().get(window));
  }

  private void note(List<Watch> watching, SampleColumns s) {
    for (Watch w : watching) {
      if (w.missing().isEmpty()) {
        continue;
      }
      for (int i = w.missing().nextSetBit(0); i >= 0; i = w.missing().nextSetBit(i + 1)) {
        if (hasSample(s, w.reach(), windows.get(i))) {
          w.missing().clear(i);
        }
      }
    }
  }

  private boolean hasSample(SampleColumns s, SelectorReach reach, TimeRange window) {
    TimeRange around = reach.relativeTo(window);
    long from = around.startMillis() + reach.fromMillis();
    long to = around.endMillis() + reach.toMillis();
    int i = Arrays.binarySearch(s.times(), 0, s.size(), from);
    for (i = i < 0 ? -i - 1 : i; i < s.size() && s.times()[i] <= to; i++) {
      long next = i + 1 < s.size() ? s.times()[i + 1] : Long.MAX_VALUE;
      if (!Stale.isStale(s.values()[i]) && reach.uses(s.times()[i], next, window, stepMillis)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SeriesSet select(Selection selection) {
    SeriesSet set = source.select(unfiltered(selection));
    List<Watch> watching = watches.getOrDefault(selection.matchers(), List.of());
    return watching.isEmpty() ? set : new Watched(set, watching);
  }

  /// Series whose values rule them out are data all the same.
  private static Selection unfiltered(Selection s) {
    SelectHints h = s.hints();
    SampleHints all = new SampleHints(h.samples().use(), h.samples().windows(), Optional.empty());
    return new Selection(
        s.matchers(),
        s.range(),
        new SelectHints(h.stepMillis(), h.rangeMillis(), h.function(), h.labels(), all, h.parts()));
  }

  @Override
  public Prepared prepare(List<Selection> selections) {
    return source.prepare(selections.stream().map(DataPresence::unfiltered).toList());
  }

  @Override
  public boolean readsAlike(String function, String other) {
    return source.readsAlike(function, other);
  }

  @Override
  public boolean usesFilters() {
    return false;
  }

  private final class Watched implements SeriesSet {
    private final SeriesSet set;
    private final List<Watch> watching;

    Watched(SeriesSet set, List<Watch> watching) {
      this.set = set;
      this.watching = watching;
    }

    @Override
    public boolean next() {
      return set.next();
    }

    @Override
    public Labels labels() {
      return set.labels();
    }

    @Override
    public void read(SampleColumns into) {
      set.read(into);
      note(watching, into);
    }

    @Override
    public void close() {
      set.close();
    }
  }
}
