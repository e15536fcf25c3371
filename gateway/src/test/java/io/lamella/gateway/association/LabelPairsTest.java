package io.lamella.gateway.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.association.Association.Direction;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelPairsTest {
  private static final String[] TEXTS = {"", "a", "b", "\uD83D\uDE00", "\uFFFD", "aa", "z"};

  private record Series(String first, String second, TimeRange samples) {}

  private static List<String> sorted(Stream<String> texts) {
    TreeSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    texts.filter(Predicate.not(String::isEmpty)).forEach(out::add);
    return List.copyOf(out);
  }

  private static List<String> found(
      LabelPairs pairs, Direction direction, String id, TimeRange range) {
    List<String> out = new ArrayList<>();
    pairs.find(direction, id, range, out::add);
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 40, 300})
  void valuesAreFoundInBothDirectionsAtTheTimesOfTheirSeries(int count) {
    Random random = new Random(count);
    LabelPairs.Builder builder = new LabelPairs.Builder();
    List<Series> all = new ArrayList<>();
    long held = 0;
    for (int i = 0; i < count; i++) {
      long start = random.nextInt(1000);
      Series s =
          new Series(
              TEXTS[random.nextInt(TEXTS.length)],
              TEXTS[random.nextInt(TEXTS.length)],
              new TimeRange(start, start + random.nextInt(30)));
      all.add(s);
      held += builder.add(s.first(), s.second(), s.samples());
    }
    LabelPairs pairs = builder.build();
    assertTrue(pairs.bytes() <= held + 1_000, () -> pairs.bytes() + " bytes");

    for (int i = 0; i < 500; i++) {
      long start = random.nextInt(1100) - 50;
      TimeRange range = new TimeRange(start, start + (i % 3 == 0 ? 0 : random.nextInt(60)));
      for (String id : TEXTS) {
        assertEquals(
            sorted(
                all.stream()
                    .filter(s -> !id.isEmpty() && s.first().equals(id))
                    .filter(s -> s.samples().overlaps(range))
                    .map(Series::second)),
            found(pairs, Direction.FORWARD, id, range));
        assertEquals(
            sorted(
                all.stream()
                    .filter(s -> !id.isEmpty() && s.second().equals(id))
                    .filter(s -> s.samples().overlaps(range))
                    .map(Series::first)),
            found(pairs, Direction.INVERSE, id, range));
      }
    }
    assertEquals(
        sorted(all.stream().filter(s -> !s.second().isEmpty()).map(Series::first)),
        pairs.ids(Direction.FORWARD));
    assertEquals(
        sorted(all.stream().filter(s -> !s.first().isEmpty()).map(Series::second)),
        pairs.ids(Direction.INVERSE));
  }
}
