package io.lamella.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.model.Labels;
import io.lamella.storage.block.ChunkRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesFramesTest {
  /// Series without chunks and with long labels.
  private static final class LongLabels implements ChunkSeriesSet {
    private int at = -1;

    @Override
    public boolean next() {
      return ++at < 100;
    }

    @Override
    public Labels labels() {
      return Labels.of("host", at + "x".repeat(100_000));
    }

    @Override
    public List<ChunkRecord> chunks() {
      return List.of();
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }

    @Override
    public List<String> blocks() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  @Test
  void aBatchOfLongLabelsIsSentBeforeItIsFull() {
    List<SeriesResponse> sent = new ArrayList<>();
    SeriesFrames frames = new SeriesFrames(Long.MAX_VALUE, sent::add);
    LongLabels series = new LongLabels();
    while (series.next()) {
      frames.add(series);
    }
    frames.flush();

    assertEquals(100, sent.stream().mapToInt(r -> r.getBatch().getSeriesCount()).sum());
    assertTrue(sent.stream().allMatch(r -> r.getSerializedSize() < 2 << 20));
  }
}
