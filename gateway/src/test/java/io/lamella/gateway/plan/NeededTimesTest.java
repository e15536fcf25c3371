package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.plan.RowRequest.LabelProjection;
import io.lamella.gateway.plan.RowRequest.Need;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeededTimesTest {
  private static final int SEEDS = 5_000;
  private static final int END = 60;

  private static RowRequest random(Random random) {
    int start = random.nextInt(END);
    TimeRange range = new TimeRange(start, start + random.nextInt(END - start));
    List<TimeRange> parts = new ArrayList<>();
    for (int at = random.nextInt(10); at < END && random.nextInt(6) != 0; ) {
      int end = at + random.nextInt(12);
      parts.add(new TimeRange(at, end));
      at = end + 2 + random.nextInt(12);
    }
    return new RowRequest(
        List.of(), range, LabelProjection.ALL, Need.CHUNKS, SampleHints.EVERYTHING, parts);
  }

  private static boolean isNeeded(RowRequest r, long t) {
    return r.range().contains(t)
        && (r.parts().isEmpty() || r.parts().stream().anyMatch(p -> p.contains(t)));
  }

  @Test
  void allThatIsNeededOfAChunkIsInTheRangeThatIsDecoded() {
    int narrowed = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      RowRequest request = random(random);
      long min = random.nextInt(END);
      long max = min + random.nextInt(20);
      NeededTimes times = request.neededTimes();
      boolean needs = times.overlap(min, max);
      TimeRange decoded = needs ? times.between(min, max) : TimeRange.ALL;
      for (long t = min; t <= max; t++) {
        if (isNeeded(request, t)) {
          assertTrue(needs, "seed " + seed + " time " + t);
          assertTrue(decoded.contains(t), "seed " + seed + " time " + t);
        }
      }
      narrowed += needs && !(decoded.contains(min) && decoded.contains(max)) ? 1 : 0;
    }
    assertTrue(narrowed > SEEDS / 10, "narrowed " + narrowed);
  }

  @Test
  void withoutPartsTheRangeIsDecoded() {
    TimeRange range = new TimeRange(10, 20);
    RowRequest request =
        new RowRequest(
            List.of(), range, LabelProjection.ALL, Need.CHUNKS, SampleHints.EVERYTHING, List.of());

    assertEquals(range, request.neededTimes().between(0, 15));
  }
}
