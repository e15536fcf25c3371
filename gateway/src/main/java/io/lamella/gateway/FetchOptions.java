package io.lamella.gateway;

import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import java.util.Optional;

/// How the bytes of blocks are brought and kept.
///
/// @param memoryBytes of pages kept in memory
/// @param disk where pages are kept on disk, if anywhere
/// @param hedging when slow reads get a second request
/// @param gate what may be under way at once
/// @param cdn a mirror of the bucket that is asked first, if there is one
public record FetchOptions(
    long memoryBytes,
    Optional<DiskPages.DiskCacheOptions> disk,
    HedgingObjectStore.HedgePolicy hedging,
    ReadScheduler.ReadLimits gate,
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
}
