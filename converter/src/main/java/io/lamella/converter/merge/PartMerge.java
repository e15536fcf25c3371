package io.lamella.converter.merge;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.chunk.PenaltyMerge;
import io.lamella.storage.chunk.SampleMerge;
import io.lamella.storage.chunk.SamplePicks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Decodes chunks of one series and merges their samples. Of several samples at one instant that of
/// the first input is kept. With the penalty rule this holds within a replica, and among replicas
/// [PenaltyMerge] chooses. Not thread-safe.
final class PartMerge {
  static final Comparator<SourceChunk> BY_TIME =
      Comparator.comparingLong(SourceChunk::minMillis).thenComparingInt(SourceChunk::part);

  private final List<MergeInput> inputs;
  private final MergeRange range;
  private final InputCounts counts;
  private final BlockMeta.Dedup dedup;

  /// The number of each input's replica, in the order of the replicas.
  private final int[] replicas;

  private final SampleColumns scratch = new SampleColumns(1024);
  private final SamplePicks picks = new SamplePicks();

  /// Of the last call of [#append]: the samples of each part, and the input of each.
  private List<SampleColumns> parts = List.of();

  private int[] inputOf = {};

  /// @param counts receives what became of the samples
  PartMerge(List<MergeInput> inputs, MergeRange range, BlockMeta.Dedup dedup, InputCounts counts) {
    this.inputs = inputs;
    this.range = range;
    this.dedup = dedup;
    this.counts = counts;
    List<Labels> all = inputs.stream().map(MergeInput::replica).distinct().sorted().toList();
    this.replicas = inputs.stream().mapToInt(i -> all.indexOf(i.replica())).toArray();
  }

  /// True where the chunks are of several replicas and the penalty rule chooses among them. It
  /// needs all samples of the series, since each choice depends on those before.
  boolean isOfReplicas(List<SourceChunk> chunks) {
    if (dedup == BlockMeta.Dedup.MERGE) {
      return false;
    }
    for (SourceChunk c : chunks) {
      if (replicas[c.input()] != replicas[chunks.getFirst().input()]) {
        return true;
      }
    }
    return false;
  }

  /// The chunk after those that overlap with the `i`-th, directly or through others.
  ///
  /// @param chunks by time
  int overlappingEnd(List<SourceChunk> chunks, int i) {
    long max = chunks.get(i).maxMillis();
    int end = i + 1;
    while (end < chunks.size() && chunks.get(end).minMillis() <= max) {
      max = Math.max(max, chunks.get(end).maxMillis());
      end++;
    }
    return end;
  }

  /// Appends the merged samples.
  ///
  /// @param chunks by time
  void append(List<SourceChunk> chunks, SampleColumns out) throws IOException {
    boolean ofReplicas = isOfReplicas(chunks);
    List<SourceChunk> byPart = new ArrayList<>(chunks);
    byPart.sort(
        Comparator.comparingInt((SourceChunk c) -> ofReplicas ? replicas[c.input()] : 0)
            .thenComparingInt(SourceChunk::part)
            .thenComparingLong(SourceChunk::minMillis));
    // The samples of one part, one after another; a part whose own chunks overlap is divided.
    parts = new ArrayList<>();
    inputOf = new int[byPart.size()];
    for (int i = 0; i < byPart.size(); i++) {
      SourceChunk c = byPart.get(i);
      SampleColumns last = parts.isEmpty() ? new SampleColumns() : parts.getLast();
      boolean follows =
          i > 0
              && byPart.get(i - 1).part() == c.part()
              && byPart.get(i - 1).maxMillis() < c.minMillis();
      if (!follows) {
        last = new SampleColumns(256);
        parts.add(last);
        inputOf[parts.size() - 1] = c.input();
      }
      c.appendTo(last, inputs.get(c.input()).block(), range, counts, scratch);
    }
    picks.clear();
    if (ofReplicas) {
      pickOfReplicas();
    } else {
      SampleMerge.pick(parts, 0, parts.size(), picks);
    }
    long[] kept = new long[parts.size()];
    for (int i = 0; i < picks.size(); i++) {
      kept[picks.part(i)]++;
    }
    for (int p = 0; p < kept.length; p++) {
      counts.keep(inputOf[p], kept[p]);
    }
    picks.appendTo(out, parts);
  }

  /// Of the last call of [#append] all samples at the time of the `i`-th kept one that another
  /// order of the inputs could have kept in its place: with the penalty rule those of its replica.
  List<OfferedSample> offered(int i) {
    int kept = picks.part(i);
    long time = parts.get(kept).times()[picks.index(i)];
    List<OfferedSample> out = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      SampleColumns part = parts.get(p);
      int at = Arrays.binarySearch(part.times(), 0, part.size(), time);
      if (at >= 0
          && (dedup == BlockMeta.Dedup.MERGE || replicas[inputOf[p]] == replicas[inputOf[kept]])) {
        out.add(new OfferedSample(part, at));
      }
    }
    return out;
  }

  private void pickOfReplicas() {
    List<SamplePicks> each = new ArrayList<>();
    for (int from = 0; from < parts.size(); ) {
      int end = from + 1;
      while (end < parts.size() && replicas[inputOf[end]] == replicas[inputOf[from]]) {
        end++;
      }
      SamplePicks one = new SamplePicks();
      SampleMerge.pick(parts, from, end, one);
      each.add(one);
      from = end;
    }
    PenaltyMerge.pick(each, parts, picks);
  }
}
