package io.lamella.cli.thanos;

import io.lamella.gateway.wire.thanos.AggrChunk;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.model.Labels;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.CorruptChunkException;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Buckets of TSDB blocks, as Thanos' own stores serve them.
final class SourceBuckets {
  private static final long DAY = 86_400_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SourceBuckets() {}

  /// Copies recorded blocks and gives them an external label.
  static void copy(String set, Path bucket, String name, String value) throws IOException {
    Path from = RecordedSamples.directory().resolve(set);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = bucket.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else if (file.endsWith("meta.json")) {
          ObjectNode meta = (ObjectNode) JSON.readTree(Files.readString(file));
          ObjectNode thanos = meta.putObject("thanos").put("version", 1).put("source", "test");
          thanos.putObject("labels").put(name, value);
          thanos.putObject("downsample").put("resolution", 0);
          Files.writeString(to, JSON.writeValueAsString(meta));
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  /// Writes blocks of a day each with the chunks of a response as they are.
  ///
  /// @param series with one external label, none of whose chunks lies in two days
  static void write(List<Series> series, Path bucket, String external)
      throws IOException, CorruptChunkException {
    SortedMap<Long, SortedMap<Labels, List<EncodedChunk>>> days = new TreeMap<>();
    SortedSet<String> symbols = new TreeSet<>(List.of(""));
    Map<String, String> labels = new TreeMap<>();
    for (Series s : series) {
      List<String> own = new ArrayList<>();
      GrpcGateway.labels(s)
          .forEach((name, value) -> {
            if (name.equals(external)) {
              labels.put(name, value);
            } else {
              own.addAll(List.of(name, value));
            }
          });
      symbols.addAll(own);
      Labels key = Labels.of(own.toArray(String[]::new));
      for (AggrChunk c : s.getChunksList()) {
        days.computeIfAbsent(Math.floorDiv(c.getMinTime(), DAY), _ -> new TreeMap<>())
            .computeIfAbsent(key, _ -> new ArrayList<>())
            .add(chunk(c));
      }
    }
    byte[] entropy = new byte[10];
    for (var day : days.entrySet()) {
      long start = day.getKey() * DAY;
      BlockDescription block =
          new BlockDescription(Ulid.of(start, entropy), start, start + DAY, 1, labels);
      try (BlockWriter writer = BlockWriter.create(bucket, block, symbols)) {
        for (var one : day.getValue().entrySet()) {
          writer.add(one.getKey(), one.getValue());
        }
        writer.finish();
      }
    }
  }

  private static EncodedChunk chunk(AggrChunk c) throws CorruptChunkException {
    byte[] bytes = c.getRaw().getData().toByteArray();
    int samples = Byte.toUnsignedInt(bytes[0]) << 8 | Byte.toUnsignedInt(bytes[1]);
    return new EncodedChunk(
        ChunkEncoding.ofId(c.getRaw().getTypeValue() + 1),
        c.getMinTime(),
        c.getMaxTime(),
        samples,
        bytes);
  }
}
