package io.lamella.gateway.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/// What the way from a wanted range to its bytes counts: each tier of the caches, shared reads,
/// hedges, the CDN. All series start at zero.
public final class FetchMetrics {
  /// What a cache says of a range.
  public enum Outcome {
    HIT,
    MISS
  }

  /// Why a disk cache did not do what was asked of it.
  public enum DiskError {
    /// The file system refused a write; writing pauses.
    WRITE,
    /// The file system refused a read.
    READ,
    /// Bytes were not those that had been written; the page is fetched again.
    CORRUPT
  }

  /// Why bytes that were read did not go into a cache.
  public enum NotKept {
    /// The query wants more than its share of the cache.
    BROAD,
    /// The writer is behind or pauses after a failure.
    BUSY
  }

  /// What became of a slow read's second request.
  public enum Hedge {
    SENT,
    /// It answered first.
    WON,
    /// The share of extra requests was used up.
    CAPPED
  }

  /// How a CDN answered.
  public enum CdnAnswer {
    OK,
    NOT_FOUND,
    /// Another version, length or range than asked for.
    MISMATCH,
    ERROR,
    /// Not asked, as it failed lately.
    SKIPPED
  }

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Counter hitBytes;
  private final Counter written;
  private final Counter evictions;
  private final Counter evictedBytes;
  private final Counter notKept;
  private final Counter diskErrors;
  private final Counter forgotten;
  private final Counter shared;
  private final Counter gapBytes;
  private final Counter hedges;
  private final Counter cdnRequests;
  private final Counter cdnBytes;

  public FetchMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        counter(
            "lamella_cache_requests_total",
            "Ranges looked up in a cache of pages.",
            "cache",
            "outcome");
    hitBytes =
        counter("lamella_cache_hit_bytes_total", "Bytes that a cache of pages gave.", "cache");
    written =
        counter("lamella_cache_written_bytes_total", "Bytes put into a cache of pages.", "cache");
    evictions =
        counter("lamella_cache_evictions_total", "Pages that a cache gave up for others.", "cache");
    evictedBytes =
        counter(
            "lamella_cache_evicted_bytes_total",
            "Bytes of pages that a cache gave up for others.",
            "cache");
    notKept =
        counter(
            "lamella_cache_not_kept_total",
            "Pages that were read and not put into a cache.",
            "cache",
            "reason");
    diskErrors = counter("lamella_disk_cache_errors_total", "Failures of the disk cache.", "kind");
    forgotten =
        counter(
            "lamella_cache_forgotten_total",
            "Pages removed from the caches because they proved corrupt or replaced.");
    shared =
        counter(
            "lamella_fetch_shared_total",
            "Ranges that a query took from a read that another one had under way.");
    gapBytes =
        counter(
            "lamella_fetch_gap_bytes_total", "Bytes read between wanted ranges to save requests.");
    hedges = counter("lamella_hedges_total", "Second requests for slow reads.", "outcome");
    cdnRequests = counter("lamella_cdn_requests_total", "Ranges asked of the CDN.", "outcome");
    cdnBytes = counter("lamella_cdn_read_bytes_total", "Bytes that the CDN returned.");
    for (CacheTier t : CacheTier.values()) {
      for (Outcome o : Outcome.values()) {
        requests.initLabelValues(t.label(), label(o));
      }
      for (NotKept n : NotKept.values()) {
        notKept.initLabelValues(t.label(), label(n));
      }
      for (Counter c : new Counter[] {hitBytes, written, evictions, evictedBytes}) {
        c.initLabelValues(t.label());
      }
    }
    zero(diskErrors, DiskError.values());
    zero(hedges, Hedge.values());
    zero(cdnRequests, CdnAnswer.values());
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private static void zero(Counter counter, Enum<?>[] values) {
    for (Enum<?> v : values) {
      counter.initLabelValues(label(v));
    }
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /// Shows a number that something else keeps.
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(c -> c.call(value.getAsDouble()))
        .register(registry);
  }

  public void hit(CacheTier tier, long bytes) {
    requests.labelValues(tier.label(), label(Outcome.HIT)).inc();
    hitBytes.labelValues(tier.label()).inc(bytes);
  }

  public void miss(CacheTier tier) {
    requests.labelValues(tier.label(), label(Outcome.MISS)).inc();
  }

  public void written(CacheTier tier, long bytes) {
    written.labelValues(tier.label()).inc(bytes);
  }

  public void evicted(CacheTier tier, long bytes) {
    evictions.labelValues(tier.label()).inc();
    evictedBytes.labelValues(tier.label()).inc(bytes);
  }

  public void notKept(CacheTier tier, NotKept reason) {
    notKept.labelValues(tier.label(), label(reason)).inc();
  }

  public void diskError(DiskError kind) {
    diskErrors.labelValues(label(kind)).inc();
  }

  public void forgotten() {
    forgotten.inc();
  }

  public void shared() {
    shared.inc();
  }

  public void gap(long bytes) {
    gapBytes.inc(bytes);
  }

  public void hedge(Hedge outcome) {
    hedges.labelValues(label(outcome)).inc();
  }

  public void cdn(CdnAnswer answer, long bytes) {
    cdnRequests.labelValues(label(answer)).inc();
    cdnBytes.inc(bytes);
  }

  /// What a cache has said so far.
  public long count(CacheTier tier, Outcome outcome) {
    return value(requests.labelValues(tier.label(), label(outcome)));
  }

  public long evictions(CacheTier tier) {
    return value(evictions.labelValues(tier.label()));
  }

  public long count(CacheTier tier, NotKept reason) {
    return value(notKept.labelValues(tier.label(), label(reason)));
  }

  public long count(DiskError kind) {
    return value(diskErrors.labelValues(label(kind)));
  }

  public long count(Hedge outcome) {
    return value(hedges.labelValues(label(outcome)));
  }

  public long count(CdnAnswer answer) {
    return value(cdnRequests.labelValues(label(answer)));
  }

  public long sharedRanges() {
    return (long) shared.get();
  }

  private static long value(CounterDataPoint counter) {
    return (long) counter.get();
  }
}
