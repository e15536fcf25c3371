package io.lamella.storage.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads blocks that a real Prometheus wrote and compares them sample by sample.
class RealBlocksTest {
  /// Reads every block of a set and merges by time as Prometheus does: of several samples at one
  /// instant one is kept.
  private static Map<Labels, List<String>> read(String set) throws IOException {
    Map<Labels, TreeMap<Long, String>> merged = new TreeMap<>();
    List<Path> blocks;
    try (Stream<Path> all = Files.list(RecordedSamples.directory().resolve(set))) {
      blocks = all.sorted().toList();
    }
    for (Path directory : blocks) {
      try (TsdbBlock block = TsdbBlock.open(directory)) {
        block.forEachSeries(series -> {
          SampleColumns samples = new SampleColumns();
          for (int c = 0; c < series.chunkCount(); c++) {
            block.decode(series, c, samples);
          }
          TreeMap<Long, String> into =
              merged.computeIfAbsent(block.labels(series), l -> new TreeMap<>());
          List<String> text = RecordedSamples.text(samples);
          List<TimeRange> deleted = block.tombstones(series.ref());
          for (int i = 0; i < samples.size(); i++) {
            long t = samples.times()[i];
            if (deleted.stream().noneMatch(r -> r.contains(t))) {
              into.putIfAbsent(t, text.get(i));
            }
          }
        });
      }
    }
    Map<Labels, List<String>> out = new TreeMap<>();
    merged.forEach((labels, samples) -> {
      if (!samples.isEmpty()) {
        out.put(labels, List.copyOf(samples.values()));
      }
    });
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "histograms", "starttimes"})
  void everySampleOfARealBlockEqualsTheRecordedOne(String set) throws IOException {
    Map<Labels, List<String>> expected = RecordedSamples.read(set);

    Map<Labels, List<String>> actual = read(set);

    assertEquals(expected.keySet(), actual.keySet());
    for (Map.Entry<Labels, List<String>> series : expected.entrySet()) {
      assertEquals(
          series.getValue(), actual.get(series.getKey()), () -> "series " + series.getKey());
    }
  }
}
