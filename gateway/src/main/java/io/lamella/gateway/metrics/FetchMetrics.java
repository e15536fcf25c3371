package io.lamella.gateway.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/// Metrics of the fetch pipeline: page caches by tier, request coalescing, hedged requests, the
/// CDN. All series start at zero.
public final class FetchMetrics {
  /// The outcome of a lookup in a page cache.
  public enum CacheLookup {
    HIT,
    MISS
  }

  /// How the disk cache failed.
  public enum DiskError {
    /// The file system refused a write; writing pauses.
    WRITE,
    /// The file system refused a read.
    READ,
    /// A page had other bytes than were written; it is fetched again.
    CORRUPT
  }

  /// Why a page that was read was not put into a cache.
  public enum AdmissionRejection {
    /// The query reads more at once than its share of the cache.
    QUERY_TOO_LARGE,
    /// The writer of the disk cache is behind, or pauses after a failure.
    WRITER_BUSY
  }

  /// The outcome of hedging a slow read.
  public enum Hedge {
    SENT,
    /// Its response was the first.
    WON,
    /// Not sent: the share of hedged requests was used up.
    CAPPED
  }

  /// The outcome of a range request to the CDN.
  public enum CdnOutcome {
    OK,
    NOT_FOUND,
    /// Another version, length or range than requested.
    MISMATCH,
    ERROR,
    /// Not sent: the CDN failed several times in a row.
    SKIPPED
  }

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Counter hitBytes;
  private final Counter written;
  private final Counter evictions;
  private final Counter evictedBytes;
  private final Counter admissionRejected;
  private final Counter diskErrors;
  private final Counter invalidations;
  private final Counter coalesced;
  private final Counter gapBytes;
  private final Counter hedges;
  private final Counter cdnRequests;
  private final Counter cdnBytes;

  public FetchMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        counter(
            "lamella_cache_requests_total",
            "Page ranges looked up in a page cache.",
            "cache",
            "outcome");
    hitBytes =
        counter("lamella_cache_hit_bytes_total", "Bytes of pages found in a page cache.", "cache");
    written =
        counter(
            "lamella_cache_written_bytes_total",
            "Bytes of pages written to a page cache.",
            "cache");
    evictions =
        counter("lamella_cache_evictions_total", "Pages evicted from a page cache.", "cache");
    evictedBytes =
        counter(
            "lamella_cache_evicted_bytes_total",
            "Bytes of pages evicted from a page cache.",
            "cache");
    admissionRejected =
        counter(
            "lamella_cache_admission_rejected_total",
            "Pages that were read and not admitted to a page cache.",
            "cache",
            "reason");
    diskErrors =
        counter(
            "lamella_disk_cache_errors_total",
            "Failed reads and writes of the disk cache, and pages found corrupt in it.",
            "kind");
    invalidations =
        counter(
            "lamella_cache_invalidations_total",
            "Pages removed from the page caches because they were corrupt or replaced.");
    coalesced =
        counter(
            "lamella_fetch_coalesced_total",
            "Page ranges that a query got from a read that was already running.");
    gapBytes =
        counter(
            "lamella_fetch_gap_bytes_total",
            "Bytes read between requested ranges to save requests.");
    hedges = counter("lamella_hedges_total", "Hedged requests for slow reads.", "outcome");
    cdnRequests = counter("lamella_cdn_requests_total", "Range requests to the CDN.", "outcome");
    cdnBytes = counter("lamella_cdn_read_bytes_total", "Bytes of ranges returned by the CDN.");
    for (CacheTier t : CacheTier.values()) {
      for (CacheLookup o : CacheLookup.values()) {
        requests.initLabelValues(t.label(), label(o));
      }
      for (AdmissionRejection n : AdmissionRejection.values()) {
        admissionRejected.initLabelValues(t.label(), label(n));
      }
      for (Counter c : new Counter[] {hitBytes, written, evictions, evictedBytes}) {
        c.initLabelValues(t.label());
      }
    }
    zero(diskErrors, DiskError.values());
    zero(hedges, Hedge.values());
    zero(cdnRequests, CdnOutcome.values());
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

  /// Registers a gauge whose value is read at each scrape.
  public void gauge(String name, String help, DoubleSupplier value) {
    GatewayMetrics.gauge(registry, name, help, value);
  }

  public void hit(CacheTier tier, long bytes) {
    requests.labelValues(tier.label(), label(CacheLookup.HIT)).inc();
    hitBytes.labelValues(tier.label()).inc(bytes);
  }

  public void miss(CacheTier tier) {
    requests.labelValues(tier.label(), label(CacheLookup.MISS)).inc();
  }

  public void written(CacheTier tier, long bytes) {
    written.labelValues(tier.label()).inc(bytes);
  }

  public void evicted(CacheTier tier, long bytes) {
    evictions.labelValues(tier.label()).inc();
    evictedBytes.labelValues(tier.label()).inc(bytes);
  }

  public void admissionRejected(CacheTier tier, AdmissionRejection reason) {
    admissionRejected.labelValues(tier.label(), label(reason)).inc();
  }

  public void diskError(DiskError kind) {
    diskErrors.labelValues(label(kind)).inc();
  }

  public void invalidated() {
    invalidations.inc();
  }

  public void coalesced() {
    coalesced.inc();
  }

  public void gap(long bytes) {
    gapBytes.inc(bytes);
  }

  public void hedge(Hedge outcome) {
    hedges.labelValues(label(outcome)).inc();
  }

  public void cdn(CdnOutcome outcome, long bytes) {
    cdnRequests.labelValues(label(outcome)).inc();
    cdnBytes.inc(bytes);
  }

  /// Lookups so far.
  public long count(CacheTier tier, CacheLookup outcome) {
    return value(requests.labelValues(tier.label(), label(outcome)));
  }

  public long evictions(CacheTier tier) {
    return value(evictions.labelValues(tier.label()));
  }

  public long count(CacheTier tier, AdmissionRejection reason) {
    return value(admissionRejected.labelValues(tier.label(), label(reason)));
  }

  public long count(DiskError kind) {
    return value(diskErrors.labelValues(label(kind)));
  }

  public long count(Hedge outcome) {
    return value(hedges.labelValues(label(outcome)));
  }

  public long count(CdnOutcome outcome) {
    return value(cdnRequests.labelValues(label(outcome)));
  }

  public long coalescedRanges() {
    return (long) coalesced.get();
  }

  private static long value(CounterDataPoint counter) {
    return (long) counter.get();
  }
}
