package io.lamella.storage.tsdb.write;

import io.lamella.model.JsonQuote;
import java.util.Map;
import java.util.SortedMap;

/// Writes a block's meta.json with the `thanos` section that Thanos requires in its buckets;
/// Prometheus ignores that section.
final class MetaJson {
  private MetaJson() {}

  /// @param files size in bytes by path within the block
  static String of(BlockDescription block, BlockCounts counts, SortedMap<String, Long> files) {
    StringBuilder out = new StringBuilder(1024);
    out.append("{\n\t\"ulid\": \"").append(block.ulid()).append("\",\n");
    out.append("\t\"minTime\": ").append(block.minTimeMillis()).append(",\n");
    out.append("\t\"maxTime\": ").append(block.maxTimeMillis()).append(",\n");
    out.append("\t\"stats\": {\n\t\t\"numSamples\": ").append(counts.samples());
    out.append(",\n\t\t\"numFloatSamples\": ").append(counts.floatSamples());
    out.append(",\n\t\t\"numHistogramSamples\": ").append(counts.histogramSamples());
    out.append(",\n\t\t\"numSeries\": ").append(counts.series());
    out.append(",\n\t\t\"numChunks\": ").append(counts.chunks()).append("\n\t},\n");
    out.append("\t\"compaction\": {\n\t\t\"level\": ").append(block.level());
    out.append(",\n\t\t\"sources\": [\"").append(block.ulid()).append("\"]\n\t},\n");
    out.append("\t\"version\": 1,\n\t\"thanos\": {\n\t\t\"version\": 1,\n\t\t\"labels\": {");
    String comma = "";
    for (Map.Entry<String, String> l : block.sortedLabels().entrySet()) {
      out.append(comma);
      JsonQuote.append(out, l.getKey());
      out.append(": ");
      JsonQuote.append(out, l.getValue());
      comma = ", ";
    }
    out.append("},\n\t\t\"downsample\": {\"resolution\": 0},\n\t\t\"source\": \"");
    out.append(block.level() == 1 ? "sidecar" : "compactor").append("\",\n\t\t\"files\": [");
    comma = "";
    for (Map.Entry<String, Long> f : files.entrySet()) {
      out.append(comma).append("\n\t\t\t{\"rel_path\": ");
      JsonQuote.append(out, f.getKey());
      out.append(", \"size_bytes\": ").append(f.getValue()).append('}');
      comma = ",";
    }
    return out.append(",\n\t\t\t{\"rel_path\": \"meta.json\"}\n\t\t]\n\t}\n}\n").toString();
  }
}
