package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.BlockSummary;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.SeriesCounts;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `/api/v1/status/tsdb`: the newest block of each stream stands for the head that a store of
/// history does not have. Its series are counted from labels once, as blocks do not change; that is
/// admitted and limited like a query for label sets. Where a limit forbids it, a warning says so,
/// and the lists are empty.
final class TsdbStatus {
  static final String PATH = "/api/v1/status/tsdb";

  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 10_000;

  /// Longer lists than these are counted for each request.
  private static final int MAX_KEPT_ENTRIES = 100;

  private static final int MAX_KEPT_CHARACTERS = 1 << 20;

  /// What was counted for each tenant, as long as it is served.
  private final Map<QueryService, Counted> kept = Collections.synchronizedMap(new WeakHashMap<>());

  /// Counts and the blocks that they are of.
  private record Counted(List<BlockSummary> blocks, SeriesCounts counts) {}

  /// @param queries of the tenant
  /// @param p may limit the elements of lists
  void handle(
      QueryService queries, ApiParameters p, ObservedRequest request, Consumer<ResponseBody> to) {
    int limit = limit(p);
    List<BlockSummary> blocks = queries.blocks();
    List<BlockSummary> newest = List.copyOf(newest(blocks));
    Optional<Counted> known =
        Optional.ofNullable(kept.get(queries)).filter(k -> k.blocks().equals(newest));
    if (newest.isEmpty() || (known.isPresent() && limit <= MAX_KEPT_ENTRIES)) {
      SeriesCounts counts = known.map(Counted::counts).orElse(SeriesCounts.NONE);
      to.accept(body(blocks, newest, counts, limit, List.of()));
      return;
    }
    QueryOptions options =
        new QueryOptions(
            QueryLimits.NONE,
            FetchLimits.NONE,
            QueryOptions.Explain.NO,
            p.client(),
            request.active());
    try {
      queries.seriesCounts(
          newest.stream().map(TsdbStatus::seriesOf).toList(),
          Math.max(limit, MAX_KEPT_ENTRIES),
          options,
          found -> {
            keep(queries, newest, found.value());
            to.accept(body(blocks, newest, found.value(), limit, List.of()));
          });
    } catch (QueryException.TooExpensive e) {
      String warning = "series are not counted by their labels: " + e.getMessage();
      to.accept(body(blocks, newest, SeriesCounts.NONE, limit, List.of(warning)));
    }
  }

  private void keep(QueryService queries, List<BlockSummary> newest, SeriesCounts counts) {
    SeriesCounts first =
        new SeriesCounts(
            counts.labelPairs(),
            first(counts.seriesByMetric()),
            first(counts.valuesByLabel()),
            first(counts.bytesByLabel()),
            first(counts.seriesByPair()));
    long characters =
        List.of(
                first.seriesByMetric(),
                first.valuesByLabel(),
                first.bytesByLabel(),
                first.seriesByPair())
            .stream()
            .flatMap(List::stream)
            .mapToLong(c -> c.name().length())
            .sum();
    if (characters <= MAX_KEPT_CHARACTERS) {
      kept.put(queries, new Counted(newest, first));
    }
  }

  private static List<SeriesCounts.Count> first(List<SeriesCounts.Count> counts) {
    return counts.subList(0, Math.min(MAX_KEPT_ENTRIES, counts.size()));
  }

  private static Collection<BlockSummary> newest(List<BlockSummary> blocks) {
    Map<Labels, BlockSummary> out = new TreeMap<>();
    for (BlockSummary b : blocks) {
      out.merge(b.external(), b, (x, y) -> y.maxTimeMillis() > x.maxTimeMillis() ? y : x);
    }
    return out.values();
  }

  private static LabelsRequest seriesOf(BlockSummary block) {
    List<Matcher> matchers = new ArrayList<>();
    block
        .external()
        .forEach((name, value) -> matchers.add(Matcher.of(Matcher.Type.EQUAL, name, value)));
    return new LabelsRequest(
        matchers.isEmpty() ? List.of() : List.of(matchers),
        new TimeRange(block.minTimeMillis(), block.maxTimeMillis() - 1),
        0);
  }

  private static int limit(ApiParameters p) {
    if (!p.has("limit")) {
      return DEFAULT_LIMIT;
    }
    if (!p.text("limit").matches("[+]?0*[1-9][0-9]*")) {
      throw new QueryException.BadQuery("limit must be a positive number");
    }
    BigInteger limit = new BigInteger(p.text("limit"));
    if (limit.compareTo(BigInteger.valueOf(MAX_LIMIT)) > 0) {
      throw new QueryException.BadQuery("limit must not exceed " + MAX_LIMIT);
    }
    return limit.intValueExact();
  }

  private static ResponseBody body(
      List<BlockSummary> blocks,
      List<BlockSummary> newest,
      SeriesCounts counts,
      int limit,
      List<String> warnings) {
    return SuccessBody.of(
        json -> {
          json.writeStartObject();
          json.writeName("headStats");
          json.writeStartObject();
          json.writeNumberProperty(
              "numSeries", newest.stream().mapToLong(BlockSummary::series).sum());
          json.writeNumberProperty("numLabelPairs", counts.labelPairs());
          json.writeNumberProperty(
              "chunkCount", newest.stream().mapToLong(BlockSummary::chunks).sum());
          json.writeNumberProperty(
              "minTime",
              blocks.stream().mapToLong(BlockSummary::minTimeMillis).min().orElse(Long.MAX_VALUE));
          json.writeNumberProperty(
              "maxTime",
              blocks.stream().mapToLong(BlockSummary::maxTimeMillis).max().orElse(Long.MIN_VALUE));
          json.writeEndObject();
          list(json, "seriesCountByMetricName", counts.seriesByMetric(), limit);
          list(json, "labelValueCountByLabelName", counts.valuesByLabel(), limit);
          list(json, "memoryInBytesByLabelName", counts.bytesByLabel(), limit);
          list(json, "seriesCountByLabelValuePair", counts.seriesByPair(), limit);
          json.writeEndObject();
        },
        warnings);
  }

  private static void list(
      JsonGenerator json, String name, List<SeriesCounts.Count> counts, int limit) {
    json.writeName(name);
    json.writeStartArray();
    counts.stream()
        .limit(limit)
        .forEach(c -> {
          json.writeStartObject();
          PrometheusJson.string(json, "name", c.name());
          json.writeNumberProperty("value", c.count());
          json.writeEndObject();
        });
    json.writeEndArray();
  }
}
