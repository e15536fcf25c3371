package io.lamella.gateway.http;

import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Locale;

/// The `stats` member of a query's answer: Prometheus' timings and samples, and what the query took
/// from the store.
///
/// `queryPreparationTime` is what the engine waited for its selections. Prometheus' times of every
/// step come with a feature of its own, which is off there by default and missing here.
final class StatisticsJson {
  private StatisticsJson() {}

  static String of(MeasuredResult<QueryResult> answer) {
    var s = answer.value().statistics();
    Used used = answer.used();
    long selecting = Math.min(used.selectingNanos(), answer.ran().toNanos());
    StringBuilder out = new StringBuilder(512).append("{\"timings\":{\"evalTotalTime\":");
    seconds(out, answer.ran());
    out.append(",\"resultSortTime\":0,\"queryPreparationTime\":");
    seconds(out, Duration.ofNanos(selecting));
    out.append(",\"innerEvalTime\":");
    seconds(out, answer.ran().minusNanos(selecting));
    out.append(",\"execQueueTime\":");
    seconds(out, answer.queued());
    out.append(",\"execTotalTime\":");
    seconds(out, answer.queued().plus(answer.ran()));
    out.append("},\"samples\":{\"totalQueryableSamples\":")
        .append(s.totalQueryableSamples())
        .append(",\"peakSamples\":")
        .append(s.peakSamples())
        .append("},\"store\":");
    store(out, used);
    return out.append('}').toString();
  }

  /// What the query took from the store and from the caches before it.
  static void store(StringBuilder out, Used used) {
    out.append("{\"series\":")
        .append(used.series())
        .append(",\"reads\":")
        .append(used.reads())
        .append(",\"bytes\":")
        .append(used.bytes())
        .append(",\"cachedRanges\":")
        .append(used.saved().ranges())
        .append(",\"cachedBytes\":")
        .append(used.saved().bytes());
    for (CacheTier t : CacheTier.values()) {
      ranges(out, t.name().toLowerCase(Locale.ROOT), used.cached(t));
    }
    ranges(out, "shared", used.coalesced());
    out.append('}');
  }

  private static void ranges(StringBuilder out, String name, Used.Ranges r) {
    out.append(",\"")
        .append(name)
        .append("\":{\"ranges\":")
        .append(r.ranges())
        .append(",\"bytes\":")
        .append(r.bytes())
        .append('}');
  }

  static void seconds(StringBuilder out, Duration d) {
    GoNumbers.append(out, d.toNanos() / 1e9);
  }
}
