package io.lamella.cli;

import io.lamella.converter.parquet.BlockLayout;
import io.lamella.converter.parquet.SeriesRow;
import io.lamella.converter.parquet.ShardsWriter;
import io.lamella.converter.parquet.Symbols;
import io.lamella.converter.parquet.WriteSettings;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.object.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A block whose rows a test chooses one by one, so that rows can be wrong although every checksum
/// is right.
final class HandMadeBlock {
  static final long DAY = 1_748_736_000_000L;
  static final long DAY_MILLIS = 86_400_000;
  static final Ulid ULID = Ulid.of(DAY, new byte[10]);

  private record Row(
      Labels labels, byte[] value, ValueStatistics statistics, long first, long last) {}

  private final List<Row> rows = new ArrayList<>();
  private WriteSettings settings = WriteSettings.DEFAULT;
  private long samples;
  private long chunks;

  HandMadeBlock with(WriteSettings settings) {
    this.settings = settings;
    return this;
  }

  /// Adds a row with samples at these times.
  HandMadeBlock add(String metric, String dc, long... times) {
    return add(metric, dc, times[0], times[times.length - 1], times);
  }

  /// A row whose stated first and last times differ from those of its samples.
  HandMadeBlock add(String metric, String dc, long first, long last, long[] times) {
    SampleColumns all = new SampleColumns();
    for (long t : times) {
      all.add(t, t % 1000);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (EncodedChunk c : ChunkCutter.cut(all, 0, all.size(), 120)) {
      ChunkRecord.append(
          out,
          c.encoding().id(),
          c.minTimeMillis(),
          c.maxTimeMillis(),
          c.bytes(),
          0,
          c.bytes().length);
      chunks++;
    }
    ValueStatistics statistics = new ValueStatistics();
    statistics.add(all, 0, all.size());
    samples += all.size();
    rows.add(
        new Row(
            Labels.of("__name__", metric, "dc_id", dc),
            out.toByteArray(),
            statistics,
            first,
            last));
    return this;
  }

  /// Gives the row added last other statistics than those of its samples.
  HandMadeBlock claiming(ValueStatistics statistics) {
    Row r = rows.removeLast();
    rows.add(new Row(r.labels(), r.value(), statistics, r.first(), r.last()));
    return this;
  }

  /// Writes files and meta into a store.
  ///
  /// @param directory empty
  BlockMeta write(Path directory, ObjectStore store) throws IOException {
    TreeSet<String> texts = new TreeSet<>(Utf8Order.COMPARATOR);
    rows.forEach(r ->
        r.labels()
            .forEach((n, v) -> {
              texts.add(n);
              texts.add(v);
            }));
    List<String> sorted = List.copyOf(texts);
    Symbols symbols =
        new Symbols() {
          @Override
          public String value(int number) {
            return sorted.get(number);
          }

          @Override
          public int size() {
            return sorted.size();
          }
        };
    int[] names = {sorted.indexOf("__name__"), sorted.indexOf("dc_id")};
    BlockLayout layout = new BlockLayout(DAY, DAY + DAY_MILLIS - 1, DAY_MILLIS, SortKey.DEFAULT);
    BlockHead head =
        new BlockHead(
            ULID,
            BlockMeta.Coverage.raw(Labels.EMPTY, DAY, DAY + DAY_MILLIS),
            SampleMetas.lineage(List.of()),
            SortKey.DEFAULT,
            DAY_MILLIS,
            new BlockMeta.Counts(rows.size(), chunks, samples, first(), last()));
    BlockMeta meta;
    try (ShardsWriter writer = new ShardsWriter(directory, "all", layout, settings, symbols)) {
      for (Row r : rows) {
        SeriesRow row = new SeriesRow();
        row.labels =
            new int[] {
              names[0],
              sorted.indexOf(r.labels().metricName()),
              names[1],
              sorted.indexOf(r.labels().value("dc_id"))
            };
        row.firstTimeMillis = r.first();
        row.lastTimeMillis = r.last();
        row.statistics = new ValueStatistics[] {r.statistics()};
        row.data = new byte[][] {r.value()};
        writer.add(row);
      }
      writer.endRows();
      meta = head.with(ShardsWriter.finish(List.of(writer), head));
    }
    for (String name : files(meta)) {
      store.put(
          BlockNames.directory(ULID).resolve(name),
          ByteBuffer.wrap(Files.readAllBytes(directory.resolve(BlockNames.fileName(name)))));
    }
    put(meta, store);
    return meta;
  }

  private long first() {
    return rows.stream().mapToLong(Row::first).min().orElseThrow();
  }

  /// A sample outside the block is not stated in its meta.
  private long last() {
    return Math.min(DAY + DAY_MILLIS - 1, rows.stream().mapToLong(Row::last).max().orElseThrow());
  }

  /// The names of a block's files.
  static List<String> files(BlockMeta meta) {
    return meta.shards().stream()
        .flatMap(s -> Stream.of(s.labels().name(), s.chunks().name(), s.manifest().name()))
        .toList();
  }

  static void put(BlockMeta meta, ObjectStore store) throws IOException {
    store.put(BlockNames.meta(meta.ulid()), ByteBuffer.wrap(BlockMetaJson.write(meta)));
  }
}
