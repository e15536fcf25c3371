package io.lamella.gateway.backtest;

import io.lamella.gateway.query.QueryService.InnerEvaluation;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// History with what recording rules record instead of its series of the same names. Rules are
/// evaluated when what they record is selected, at the times that the selector uses. Used by the
/// thread of one query.
final class RecordedSource implements SeriesSource {
  private final SeriesSource history;
  private final RecordingRules rules;
  private final InnerEvaluation inner;
  private final Map<Narrowed, RecordedValues> values = new HashMap<>();

  /// A rule, evaluated for the series that some matchers match.
  private record Narrowed(int rule, List<Matcher> matchers) {}

  /// @param inner evaluates the rules
  RecordedSource(SeriesSource history, RecordingRules rules, InnerEvaluation inner) {
    this.history = history;
    this.rules = rules;
    this.inner = inner;
  }

  @Override
  public SeriesSet select(Selection selection) {
    if (rules.names(selection.matchers()).isEmpty()) {
      return history.select(selection);
    }
    SeriesSet recorded = recorded(selection);
    return hasOneName(selection)
        ? recorded
        : new TwoSeriesSets(history.select(inHistory(selection)), recorded);
  }

  @Override
  public Prepared prepare(List<Selection> selections) {
    return history.prepare(
        selections.stream()
            .filter(s -> rules.names(s.matchers()).isEmpty() || !hasOneName(s))
            .map(s -> rules.names(s.matchers()).isEmpty() ? s : inHistory(s))
            .toList());
  }

  @Override
  public boolean readsAlike(String function, String other) {
    return history.readsAlike(function, other);
  }

  @Override
  public boolean usesFilters() {
    return history.usesFilters();
  }

  private static boolean hasOneName(Selection s) {
    return s.matchers().stream()
        .anyMatch(m -> m.type() == Matcher.Type.EQUAL && m.name().equals(Labels.METRIC_NAME));
  }

  /// The selection without the names that are recorded, and with all labels, which decide on the
  /// order of series.
  private Selection inHistory(Selection s) {
    List<Matcher> matchers = new ArrayList<>(s.matchers());
    rules
        .names(s.matchers())
        .forEach(n -> matchers.add(Matcher.of(Matcher.Type.NOT_EQUAL, Labels.METRIC_NAME, n)));
    SelectHints h = s.hints();
    return new Selection(
        matchers,
        s.range(),
        new SelectHints(
            h.stepMillis(),
            h.rangeMillis(),
            h.function(),
            java.util.Optional.empty(),
            h.samples(),
            h.parts()));
  }

  private SeriesSet recorded(Selection selection) {
    List<TimeRange> parts = selection.hints().parts();
    SortedMap<Labels, List<RecordedValues>> found = new TreeMap<>();
    for (RecordingRules.Prepared p : rules.matching(selection.matchers())) {
      List<Matcher> pushed = pushed(p.rule(), selection.matchers());
      RecordedValues v =
          values.computeIfAbsent(
              new Narrowed(p.number(), pushed), _ -> new RecordedValues(p, pushed));
      v.evaluate(parts.isEmpty() ? List.of(selection.range()) : parts, this, inner);
      for (Labels l : v.series().keySet()) {
        if (selection.matchers().stream().allMatch(m -> m.matches(l.value(m.name())))) {
          found.computeIfAbsent(l, _ -> new ArrayList<>(1)).add(v);
        }
      }
    }
    return new ListedSeries<>(
        List.copyOf(found.entrySet()),
        Map.Entry::getKey,
        (series, into) -> read(series, selection.range(), into));
  }

  /// The matchers that the expression of a rule may be narrowed by: none where the number of its
  /// series counts, and none on labels that the rule sets.
  private static List<Matcher> pushed(RecordingRule rule, List<Matcher> matchers) {
    return rule.group().limit() > 0
        ? List.of()
        : matchers.stream()
            .filter(
                m -> !m.name().equals(Labels.METRIC_NAME) && !rule.labels().containsKey(m.name()))
            .toList();
  }

  /// @param recorded a series of the rules that record it
  private static void read(
      Map.Entry<Labels, List<RecordedValues>> recorded, TimeRange range, SampleColumns into) {
    List<RecordedValues> from = recorded.getValue();
    SampleColumns all = new SampleColumns();
    from.getFirst().read(recorded.getKey(), range, all);
    for (RecordedValues v : from.subList(1, from.size())) {
      SampleColumns more = new SampleColumns();
      v.read(recorded.getKey(), range, more);
      all = firstOfBoth(all, more);
    }
    into.addAll(all);
  }

  /// The samples of two rules that record the same series: where both have one at a time, the later
  /// one is refused, as Prometheus does.
  private static SampleColumns firstOfBoth(SampleColumns a, SampleColumns b) {
    SampleColumns out = new SampleColumns(a.size() + b.size());
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (j == b.size() || i < a.size() && a.times()[i] <= b.times()[j]) {
        j += j < b.size() && a.times()[i] == b.times()[j] ? 1 : 0;
        out.addFrom(a, i++);
      } else {
        out.addFrom(b, j++);
      }
    }
    return out;
  }
}
