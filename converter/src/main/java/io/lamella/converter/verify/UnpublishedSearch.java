package io.lamella.converter.verify;

import io.lamella.converter.schedule.SourceBlock;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Searches one source for samples that no published block has, by the times of its chunks, not by
/// those that its meta states.
final class UnpublishedSearch {
  private static final long DAY_MILLIS = 86_400_000;

  private final List<TimeRange> published;
  private final boolean converted;
  private final SampleColumns samples = new SampleColumns(256);
  private final Map<Long, Long> missing = new TreeMap<>();

  /// @param metas of all visible published blocks
  UnpublishedSearch(SourceBlock source, Collection<BlockMeta> metas) {
    List<BlockMeta> ofStream = metas.stream().filter(m -> isOfStream(source, m)).toList();
    this.converted = ofStream.stream().anyMatch(m -> hasSomeOf(source, m));
    Set<Ulid> known = new HashSet<>();
    ofStream.forEach(m -> known.addAll(m.sourceUlids()));
    boolean all = known.containsAll(source.sources());
    this.published =
        ofStream.stream()
            .filter(m -> isInput(source, m) || all && hasSomeOf(source, m))
            .map(BlockMeta::range)
            .toList();
  }

  private static boolean isOfStream(SourceBlock source, BlockMeta meta) {
    LabelsBuilder labels = new LabelsBuilder();
    source.external().forEach(labels::add);
    meta.lineage().rules().replicaLabels().forEach(labels::remove);
    meta.lineage().rules().foldLabels().forEach(labels::remove);
    return labels.build().equals(meta.external());
  }

  private static boolean hasSomeOf(SourceBlock source, BlockMeta meta) {
    Set<Ulid> all = new HashSet<>(meta.sourceUlids());
    return source.sources().stream().anyMatch(all::contains);
  }

  /// Whether the block itself was read. A compacted one may stand for its leaves, of which each day
  /// names those that touch it.
  private static boolean isInput(SourceBlock source, BlockMeta meta) {
    return meta.lineage().inputs().stream().anyMatch(i -> i.ulid().equals(source.ulid()));
  }

  /// True where the conversion of the source has begun. One that is not converted yet lacks all of
  /// its samples, which is no error.
  boolean isConverted() {
    return converted;
  }

  /// @return number of samples by the first instant of their day, ascending
  Map<Long, Long> search(TsdbBlock block) throws IOException {
    block.forEachSeries(series -> search(block, series));
    return missing;
  }

  private void search(TsdbBlock block, SeriesEntry series) throws IOException {
    for (int c = 0; c < series.chunkCount(); c++) {
      TimeRange chunk = new TimeRange(series.minTimeMillis(c), series.maxTimeMillis(c));
      if (published.stream()
          .anyMatch(p -> p.contains(chunk.startMillis()) && p.contains(chunk.endMillis()))) {
        continue;
      }
      samples.clear();
      block.decode(series, c, samples);
      for (int s = 0; s < samples.size(); s++) {
        long t = samples.times()[s];
        if (published.stream().noneMatch(p -> p.contains(t))
            && block.tombstones(series.ref()).stream().noneMatch(d -> d.contains(t))) {
          missing.merge(Math.floorDiv(t, DAY_MILLIS) * DAY_MILLIS, 1L, Long::sum);
        }
      }
    }
  }
}
