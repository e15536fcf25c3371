package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class PenaltyMergeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static SampleColumns merge(List<SampleColumns> replicas) {
    List<SamplePicks> each = new ArrayList<>();
    for (int r = 0; r < replicas.size(); r++) {
      SamplePicks one = new SamplePicks();
      SampleMerge.pick(replicas, r, r + 1, one);
      each.add(one);
    }
    SamplePicks picks = new SamplePicks();
    PenaltyMerge.pick(each, replicas, picks);
    SampleColumns out = new SampleColumns();
    picks.appendTo(out, replicas);
    return out;
  }

  @Test
  void theChoiceIsThatOfThanos() throws IOException {
    List<String> lines =
        Files.readAllLines(
            RecordedSamples.inProject(
                "storage", "src", "test", "resources", "penalty", "cases.jsonl"));
    assertEquals(80, lines.size());
    for (int i = 0; i < lines.size(); i += 2) {
      List<SampleColumns> replicas = new ArrayList<>();
      for (JsonNode replica : JSON.readTree(lines.get(i)).get("replicas")) {
        SampleColumns samples = new SampleColumns();
        for (JsonNode s : replica) {
          samples.add(
              s.get(0).asLong(),
              Double.longBitsToDouble(Long.parseUnsignedLong(s.get(1).asString(), 16)));
        }
        replicas.add(samples);
      }

      SampleColumns merged = merge(replicas);

      List<String> kept = new ArrayList<>();
      for (int s = 0; s < merged.size(); s++) {
        kept.add(
            "[%d,\"%016x\"]"
                .formatted(merged.times()[s], Double.doubleToRawLongBits(merged.values()[s])));
      }
      assertEquals(lines.get(i + 1), "[" + String.join(",", kept) + "]", "case " + i / 2);
    }
  }

  private static Histogram histogram(double count) {
    return new Histogram(
        CounterReset.NOT_RESET,
        0,
        0,
        0,
        count,
        1,
        List.of(),
        new double[0],
        List.of(),
        new double[0],
        new double[0]);
  }

  @Test
  void aHistogramAfterAChangeOfReplicaHasAnUnknownReset() {
    SampleColumns a = new SampleColumns();
    SampleColumns b = new SampleColumns();
    for (int i = 0; i < 4; i++) {
      a.add(1_000_000 + i * 60_000, histogram(i));
    }
    for (int i = 0; i < 12; i++) {
      b.add(1_001_000 + i * 60_000, histogram(i));
    }

    SampleColumns merged = merge(List.of(a, b));

    List<CounterReset> hints = new ArrayList<>();
    for (int i = 0; i < merged.size(); i++) {
      Histogram h = merged.histogramAt(i);
      hints.add(h == null ? CounterReset.RESET : h.counterReset());
    }
    assertEquals(1_301_000, merged.times()[4]);
    assertEquals(CounterReset.UNKNOWN, hints.get(4));
    assertEquals(CounterReset.NOT_RESET, hints.get(3));
    assertEquals(CounterReset.NOT_RESET, hints.get(5));
  }
}
