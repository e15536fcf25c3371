package io.lamella.bench.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.RecordedSamples;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The reference reads what a real Prometheus read from the same blocks.
class TsdbSourceTest {
  private static final Matcher ANY = Matcher.of(Matcher.Type.REGEX, "__name__", ".*");

  private static Map<Labels, List<String>> read(TsdbSource source, TimeRange range) {
    Map<Labels, List<String>> out = new TreeMap<>();
    Selection all = new Selection(List.of(ANY), range, SelectHints.NONE);
    try (SeriesSet set = source.series(new QueryBudget(FetchLimits.DEFAULT)).select(all)) {
      while (set.next()) {
        SampleColumns samples = new SampleColumns();
        set.read(samples);
        out.put(set.labels(), RecordedSamples.text(samples));
      }
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void everySampleIsReadBitForBit(String set) throws Exception {
    try (TsdbSource source = TsdbSource.open(RecordedSamples.directory().resolve(set), Set.of())) {
      Map<Labels, List<String>> read = read(source, TimeRange.ALL);
      Map<Labels, List<String>> expected = RecordedSamples.read(set);

      assertEquals(expected.keySet(), read.keySet());
      // What is known of counter resets is not part of a sample's value.
      expected.forEach((labels, samples) ->
          assertEquals(
              withoutResets(samples),
              withoutResets(read.getOrDefault(labels, List.of())),
              labels::toString));
    }
  }

  private static List<String> withoutResets(List<String> samples) {
    return samples.stream()
        .map(s -> s.replaceFirst("^(\\S+ \\S+ (?:int|float)) [0-3] ", "$1 - "))
        .toList();
  }

  @Test
  void onlySamplesWithinTheRangeAreRead() throws Exception {
    try (TsdbSource source =
        TsdbSource.open(RecordedSamples.directory().resolve("floats"), Set.of())) {
      Map<Labels, List<String>> all = read(source, TimeRange.ALL);
      long middle = Long.parseLong(all.values().iterator().next().getFirst().split(" ")[0]);

      Map<Labels, List<String>> one = read(source, new TimeRange(middle, middle));

      assertTrue(one.size() > 0 && one.size() <= all.size());
      one.values()
          .forEach(
              samples -> samples.forEach(s -> assertTrue(s.startsWith(middle + " "), () -> s)));
    }
  }
}
