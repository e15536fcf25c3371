package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleMergeTest {
  private static SampleColumns floats(double value, long... times) {
    SampleColumns out = new SampleColumns();
    for (long t : times) {
      out.add(t, value);
    }
    return out;
  }

  private static SampleColumns histograms(CounterReset hint, long... times) {
    SampleColumns out = new SampleColumns();
    for (long t : times) {
      double[] none = {};
      out.add(t, new Histogram(hint, 0, 0, 0, t, 1, List.of(), none, List.of(), none, none));
    }
    return out;
  }

  private static String text(SampleColumns s) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < s.size(); i++) {
      Histogram h = s.histogramAt(i);
      out.add(s.times()[i] + (h == null ? "=" + s.values()[i] : " " + h.counterReset()));
    }
    return String.join(", ", out);
  }

  private static String merge(SampleColumns... parts) {
    SampleColumns out = new SampleColumns();
    SampleMerge.append(List.of(parts), out);
    return text(out);
  }

  @Test
  void ofSeveralSamplesAtOneInstantThatOfTheFirstPartIsKept() {
    assertEquals(
        "1=2.0, 2=1.0, 3=1.0, 4=2.0, 5=1.0, 6=3.0",
        merge(floats(1, 2, 3, 5), floats(2, 1, 2, 4, 5), floats(3, 1, 3, 6)));
  }

  @Test
  void aHistogramAfterOneOfAnotherPartHasAnUnknownReset() {
    CounterReset not = CounterReset.NOT_RESET;
    assertEquals(
        "1 UNKNOWN, 2 NOT_RESET, 3 UNKNOWN, 4 UNKNOWN, 5 NOT_RESET, 9 UNKNOWN",
        merge(histograms(not, 1, 2, 4, 5), histograms(not, 3, 9)));
  }

  @Test
  void aHistogramWhosePredecessorLostToAnotherPartHasAnUnknownReset() {
    CounterReset not = CounterReset.NOT_RESET;
    assertEquals(
        "1 UNKNOWN, 2 UNKNOWN, 3 UNKNOWN", merge(histograms(not, 2), histograms(not, 1, 2, 3)));
  }

  @Test
  void aFloatBetweenHistogramsMakesTheResetUnknown() {
    assertEquals(
        "1 UNKNOWN, 2=7.0, 3 UNKNOWN",
        merge(histograms(CounterReset.NOT_RESET, 1, 3), floats(7, 2)));
  }

  @Test
  void aGaugeStaysAGauge() {
    assertEquals(
        "1 GAUGE, 2 GAUGE, 3 GAUGE",
        merge(histograms(CounterReset.GAUGE, 1, 3), histograms(CounterReset.GAUGE, 2)));
  }

  @Test
  void aResetIsProvenAbsentOnlyByComparison() {
    SampleColumns grows = histograms(CounterReset.UNKNOWN, 1, 2);
    SampleColumns drops = new SampleColumns();
    drops.addFrom(histograms(CounterReset.UNKNOWN, 9), 0);
    SampleColumns less = histograms(CounterReset.UNKNOWN, 3);
    drops.add(10, first(less));

    CounterResetHints.prove(grows);
    CounterResetHints.prove(drops);

    assertEquals("1 UNKNOWN, 2 NOT_RESET", text(grows));
    assertEquals("9 UNKNOWN, 10 UNKNOWN", text(drops));
  }

  private static Histogram first(SampleColumns s) {
    Histogram h = s.histogramAt(0);
    return h == null ? Histogram.stale() : h;
  }
}
