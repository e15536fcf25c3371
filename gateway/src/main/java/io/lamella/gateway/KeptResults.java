package io.lamella.gateway;

import io.lamella.gateway.cache.ResultCache;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.query.ResultStore;
import io.lamella.model.Labels;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Results in memory, with their metrics.
final class KeptResults implements ResultStore {
  private static final long ENTRY_BYTES = 500;
  private static final long SERIES_BYTES = 150;
  private static final long HISTOGRAM_BYTES = 2_000;

  private final ResultCache<Question, Kept> cache;
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong found = new AtomicLong();

  KeptResults(long maxBytes, GatewayMetrics metrics) {
    cache =
        new ResultCache<>(
            maxBytes, (q, k) -> ENTRY_BYTES + 2L * q.query().length() + bytes(k.result()));
    metrics.counter(
        "lamella_result_cache_requests_total",
        "Queries whose result was looked for among those kept.",
        asked::get);
    metrics.counter(
        "lamella_result_cache_hits_total",
        "Results found there; one whose data has changed since is computed anew.",
        found::get);
    metrics.gauge(
        "lamella_result_cache_bytes", "Bytes that kept results take, roughly.", cache::bytes);
  }

  @Override
  public Optional<Kept> find(Question question) {
    Optional<Kept> kept = cache.find(question);
    asked.incrementAndGet();
    found.addAndGet(kept.isPresent() ? 1 : 0);
    return kept;
  }

  @Override
  public void put(Question question, Kept kept) {
    cache.put(question, kept);
  }

  private static long bytes(QueryResult r) {
    long annotations = 256L * (r.warnings().size() + r.infos().size());
    return annotations
        + switch (r.value()) {
          case Value.Vector v ->
              v.samples().stream()
                  .mapToLong(
                      s -> labels(s.labels()) + (s.histogram() == null ? 0 : HISTOGRAM_BYTES))
                  .sum();
          case Value.Matrix m ->
              m.series().stream().mapToLong(s -> labels(s.labels()) + samples(s)).sum();
          case Value.Scalar _ -> ENTRY_BYTES;
          case Value.Text t -> 2L * t.value().length();
        };
  }

  private static long samples(MatrixSeries s) {
    long bytes = 16L * s.times().length;
    for (int i = 0; i < s.size(); i++) {
      bytes += s.histogramAt(i) == null ? 0 : HISTOGRAM_BYTES;
    }
    return bytes;
  }

  /// Labels may be shared with others; each is charged in full.
  private static long labels(Labels l) {
    long bytes = SERIES_BYTES;
    for (int i = 0; i < l.size(); i++) {
      bytes += l.name(i).length() + l.value(i).length();
    }
    return bytes;
  }
}
