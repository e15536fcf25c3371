package io.lamella.gateway;

import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.metrics.RequestPrices;
import io.lamella.storage.object.RetryBudget;
import io.lamella.storage.object.RetryingObjectStore.RetryPolicy;
import java.util.Optional;

/// How the bytes of blocks are fetched and cached. Start from [#defaults] and change single options
/// by the `with` methods.
///
/// @param memoryBytes of pages cached in memory; 0 for none
/// @param disk cache of pages on disk, if there is one
/// @param hedging when slow reads are hedged
/// @param readLimits how many reads run at once, and how many bytes a second
/// @param cdn mirror of the bucket that is read first, if there is one
/// @param requests how failed requests are retried, and what requests cost
public record FetchOptions(
    long memoryBytes,
    Optional<DiskPages.DiskCacheOptions> disk,
    HedgingObjectStore.HedgePolicy hedging,
    ReadScheduler.ReadLimits readLimits,
    Optional<CdnObjectStore.Mirror> cdn,
    RequestOptions requests) {
  public static final int MAX_CONCURRENT_READS = 128;

  public static FetchOptions defaults() {
    return new FetchOptions(
        MemoryPages.defaultBytes(),
        Optional.empty(),
        HedgingObjectStore.HedgePolicy.DEFAULT,
        new ReadScheduler.ReadLimits(MAX_CONCURRENT_READS, 0),
        Optional.empty(),
        RequestOptions.DEFAULT);
  }

  public FetchOptions withMemoryBytes(long memoryBytes) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn, requests);
  }

  public FetchOptions withHedging(HedgingObjectStore.HedgePolicy hedging) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn, requests);
  }

  public FetchOptions withReadLimits(ReadScheduler.ReadLimits readLimits) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn, requests);
  }

  public FetchOptions withDisk(DiskPages.DiskCacheOptions disk) {
    return new FetchOptions(memoryBytes, Optional.of(disk), hedging, readLimits, cdn, requests);
  }

  public FetchOptions withCdn(CdnObjectStore.Mirror cdn) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, Optional.of(cdn), requests);
  }

  /// Neither the memory cache nor the disk cache of pages.
  public FetchOptions withoutPageCache() {
    return new FetchOptions(0, Optional.empty(), hedging, readLimits, cdn, requests);
  }

  public FetchOptions withRequests(RequestOptions requests) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn, requests);
  }

  /// Retries by the gateway; its store then must not retry.
  public FetchOptions withRetries(RetryPolicy retries) {
    return withRequests(new RequestOptions(retries, requests.retryShare(), requests.prices()));
  }

  /// How failed requests are retried, and what requests cost.
  ///
  /// @param retries of a request; none where the store retries by itself
  /// @param retryShare retries per request, in the whole process
  public record RequestOptions(RetryPolicy retries, double retryShare, RequestPrices prices) {
    public static final RequestOptions DEFAULT =
        new RequestOptions(RetryPolicy.of(0), RetryBudget.DEFAULT_SHARE, RequestPrices.R2);

    public RequestOptions {
      if (!(retryShare >= 0 && retryShare <= 1)) {
        throw new IllegalArgumentException(
            "cannot allow retries as a share of " + retryShare + ": it is between 0 and 1");
      }
    }
  }
}
