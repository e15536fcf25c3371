package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.storage.bytes.Varints;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.TsdbBlock;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/// Writes source blocks with the project's own writer.
final class OwnBlocks implements BlockFactory {
  private static final int TOMBSTONES_MAGIC = 0x0130BA30;

  @Override
  public boolean hasStartTimes() {
    return true;
  }

  @Override
  public void write(Path root, Stated stated, Map<Labels, SampleColumns> series)
      throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
      s.getKey()
          .forEach((name, value) -> {
            symbols.add(name);
            symbols.add(value);
          });
      min = Math.min(min, s.getValue().times()[0]);
      max = Math.max(max, s.getValue().times()[s.getValue().size() - 1]);
    }
    Map<String, String> external = new TreeMap<>();
    stated.external().forEach(external::put);
    BlockDescription block = new BlockDescription(stated.ulid(), min, max + 1, 1, external);
    DirectoryTree.delete(root.resolve(stated.ulid().toString()));
    try (BlockWriter w = BlockWriter.create(root, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : new TreeMap<>(series).entrySet()) {
        w.add(s.getKey(), ChunkCutter.cut(s.getValue(), 0, s.getValue().size(), 30));
      }
      w.finish();
    }
    Path meta = root.resolve(stated.ulid().toString()).resolve("meta.json");
    String sources =
        stated.sources().stream().map(u -> "\"" + u + "\"").collect(Collectors.joining(","));
    Files.writeString(
        meta,
        Files.readString(meta)
            .replaceFirst("\"minTime\": \\d+", "\"minTime\": " + stated.minMillis())
            .replaceFirst("\"maxTime\": \\d+", "\"maxTime\": " + stated.maxMillis())
            .replaceFirst("\"sources\": \\[[^\\]]*\\]", "\"sources\": [" + sources + "]"));
  }

  @Override
  public void compact(
      Path root, Stated stated, List<Path> blocks, Map<Labels, SampleColumns> series)
      throws IOException {
    write(root, stated, series);
    List<String> parents = new ArrayList<>();
    for (Path block : blocks) {
      String meta = Files.readString(block.resolve("meta.json"));
      parents.add(
          "{\"ulid\": \"%s\", \"minTime\": %s, \"maxTime\": %s}"
              .formatted(block.getFileName(), number("minTime", meta), number("maxTime", meta)));
    }
    Path meta = root.resolve(stated.ulid().toString()).resolve("meta.json");
    Files.writeString(
        meta,
        Files.readString(meta)
            .replaceFirst("\"sources\": ", "\"parents\": " + parents + ", \"sources\": "));
  }

  private static String number(String name, String json) {
    Matcher m = Pattern.compile("\"" + name + "\": (\\d+)").matcher(json);
    if (!m.find()) {
      throw new IllegalStateException(name + " is not in " + json);
    }
    return m.group(1);
  }

  @Override
  public void delete(Path block, Labels series, TimeRange range) throws IOException {
    Map<Labels, Long> refs = new HashMap<>();
    Map<Long, List<TimeRange>> before = new TreeMap<>();
    try (TsdbBlock open = TsdbBlock.open(block)) {
      open.forEachSeries(e -> {
        refs.put(open.labels(e), e.ref());
        before.put(e.ref(), List.copyOf(open.tombstones(e.ref())));
      });
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    before.forEach((ref, ranges) -> ranges.forEach(r -> add(body, ref, r)));
    add(body, refs.getOrDefault(series, 0L), range);
    CRC32C crc = new CRC32C();
    crc.update(body.toByteArray());
    ByteBuffer file = ByteBuffer.allocate(9 + body.size());
    file.putInt(TOMBSTONES_MAGIC).put((byte) 1).put(body.toByteArray());
    file.putInt((int) crc.getValue());
    Files.write(block.resolve("tombstones"), file.array());
  }

  private static void add(ByteArrayOutputStream out, long ref, TimeRange range) {
    Varints.appendUnsigned(out, ref);
    Varints.appendSigned(out, range.startMillis());
    Varints.appendSigned(out, range.endMillis());
  }
}
