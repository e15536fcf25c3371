package io.lamella.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Prints the `explain` member of a query response as text.
final class ExplainText {
  private static final int MAX_BLOCKS = 40;

  private ExplainText() {}

  /// @param response a response, parsed by [JsonTree]
  static void print(Object response, PrintWriter out) {
    if (!(response instanceof Map<?, ?> r
        && r.get("data") instanceof Map<?, ?> data
        && data.get("explain") instanceof Map<?, ?> explain)) {
      return;
    }
    out.println();
    if (explain.get("store") instanceof Map<?, ?> store) {
      out.printf(
          "read %s bytes in %s GETs, needed %s bytes; from memory %s, from disk %s, shared %s%n",
          grouped(store.get("bytes")),
          grouped(store.get("reads")),
          grouped(explain.get("bytesNeeded")),
          tier(store.get("memory")),
          tier(store.get("disk")),
          tier(store.get("shared")));
      out.printf(
          "requests %s; hedged requests %s%n",
          cost(store.get("requests")), cost(store.get("hedgedRequests")));
    }
    if (explain.get("selectors") instanceof List<?> selectors) {
      for (Object s : selectors) {
        if (s instanceof Map<?, ?> selector) {
          selector(selector, out);
        }
      }
    }
  }

  private static String tier(@org.jspecify.annotations.Nullable Object t) {
    return t instanceof Map<?, ?> m
        ? grouped(m.get("bytes")) + " bytes in " + grouped(m.get("ranges")) + " ranges"
        : "nothing";
  }

  private static String cost(@org.jspecify.annotations.Nullable Object c) {
    return c instanceof Map<?, ?> m
        ? grouped(m.get("count"))
            + " for "
            + String.format(
                Locale.ROOT, "%.8f dollars", Double.parseDouble(String.valueOf(m.get("dollars"))))
        : "unknown";
  }

  private static void selector(Map<?, ?> s, PrintWriter out) {
    out.printf(
        "%n%s  %s .. %s%n  hints %s%n",
        s.get("selector"), time(s.get("start")), time(s.get("end")), s.get("hints"));
    if (s.get("stages") instanceof Map<?, ?> stages) {
      stages.forEach((name, seconds) -> out.printf("  %-20s %10s%n", name, millis(seconds)));
    }
    if (s.get("fetches") instanceof List<?> fetches) {
      for (Object f : fetches) {
        if (f instanceof Map<?, ?> batch) {
          out.printf(
              "  fetch %-14s %10s  %s ranges, %s bytes%n",
              batch.get("pages"),
              millis(batch.get("seconds")),
              grouped(batch.get("ranges")),
              grouped(batch.get("bytes")));
        }
      }
    }
    if (s.get("blocks") instanceof List<?> blocks && !blocks.isEmpty()) {
      blocks(blocks, out);
    }
  }

  private static void blocks(List<?> blocks, PrintWriter out) {
    TextTable table =
        new TextTable(
            4,
            "  block",
            "verdict",
            "metadata",
            "statistics",
            "candidates",
            "rows",
            "label pages",
            "bytes",
            "chunk pages",
            "bytes",
            "needed",
            "why");
    for (Object b : blocks.subList(0, Math.min(MAX_BLOCKS, blocks.size()))) {
      if (b instanceof Map<?, ?> m) {
        String shard = String.valueOf(m.get("shard"));
        table.add(
            "  " + m.get("block") + (shard.equals("0") ? "" : "/" + shard),
            text(m.get("verdict")),
            text(m.get("metadata")),
            m.get("answeredByStatistics") instanceof List<?> l && !l.isEmpty() ? "used" : "-",
            grouped(m.get("candidateRows")),
            grouped(m.get("rows")),
            grouped(m.get("labelPages")),
            grouped(m.get("labelBytes")),
            grouped(m.get("chunkPages")),
            grouped(m.get("chunkBytes")),
            grouped(m.get("neededBytes")),
            text(m.get("why")));
      }
    }
    table.print(out);
    if (blocks.size() > MAX_BLOCKS) {
      out.println("  … " + (blocks.size() - MAX_BLOCKS) + " more blocks");
    }
  }

  private static String text(@org.jspecify.annotations.Nullable Object v) {
    return String.valueOf(v);
  }

  private static String grouped(@org.jspecify.annotations.Nullable Object v) {
    return String.format(Locale.ROOT, "%,d", Long.parseLong(String.valueOf(v)));
  }

  private static String millis(@org.jspecify.annotations.Nullable Object seconds) {
    return String.format(
        Locale.ROOT, "%.1f ms", 1000 * Double.parseDouble(String.valueOf(seconds)));
  }

  private static String time(@org.jspecify.annotations.Nullable Object seconds) {
    return Instant.ofEpochMilli(
            new java.math.BigDecimal(String.valueOf(seconds)).movePointRight(3).longValue())
        .toString();
  }
}
