package io.lamella.gateway;

import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import java.util.Optional;

/// How the bytes of blocks are fetched and cached. Start from [#defaults] and change single options
/// by the `with` methods.
///
/// @param memoryBytes of pages cached in memory; 0 for none
/// @param disk cache of pages on disk, if there is one
/// @param hedging when slow reads are hedged
/// @param readLimits how many reads run at once, and how many bytes a second
/// @param cdn mirror of the bucket that is read first, if there is one
public record FetchOptions(
    long memoryBytes,
    Optional<DiskPages.DiskCacheOptions> disk,
    HedgingObjectStore.HedgePolicy hedging,
    ReadScheduler.ReadLimits readLimits,
    Optional<CdnObjectStore.Mirror> cdn) {
  public static final int MAX_CONCURRENT_READS = 128;

  public static FetchOptions defaults() {
    return new FetchOptions(
        MemoryPages.defaultBytes(),
        Optional.empty(),
        HedgingObjectStore.HedgePolicy.DEFAULT,
        new ReadScheduler.ReadLimits(MAX_CONCURRENT_READS, 0),
        Optional.empty());
  }

  public FetchOptions withMemoryBytes(long memoryBytes) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn);
  }

  public FetchOptions withHedging(HedgingObjectStore.HedgePolicy hedging) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn);
  }

  public FetchOptions withReadLimits(ReadScheduler.ReadLimits readLimits) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, cdn);
  }

  public FetchOptions withDisk(DiskPages.DiskCacheOptions disk) {
    return new FetchOptions(memoryBytes, Optional.of(disk), hedging, readLimits, cdn);
  }

  public FetchOptions withCdn(CdnObjectStore.Mirror cdn) {
    return new FetchOptions(memoryBytes, disk, hedging, readLimits, Optional.of(cdn));
  }

  /// Neither the memory cache nor the disk cache of pages.
  public FetchOptions withoutPageCache() {
    return new FetchOptions(0, Optional.empty(), hedging, readLimits, cdn);
  }
}
