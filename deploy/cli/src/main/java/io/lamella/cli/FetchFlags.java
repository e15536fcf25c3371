package io.lamella.cli;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.metrics.RequestPrices;
import io.lamella.storage.object.RetryBudget;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Flags for reading and caching block data.
final class FetchFlags {
  @Option(
      names = "--cache.memory-size",
      paramLabel = "SIZE",
      description =
          "Size of the page cache in memory; 0 turns it off (default: 256MiB, or a quarter of the heap if that is less).")
  private String memory = "";

  @Option(
      names = "--cache.disk-dir",
      paramLabel = "DIR",
      description =
          "Directory of the page cache on disk, which survives restarts; only one process may use it (default: no disk cache).")
  private String diskDirectory = "";

  @Option(
      names = "--cache.disk-size",
      paramLabel = "SIZE",
      description = "Maximum size of the page cache on disk (default ${DEFAULT-VALUE}).")
  private String diskSize = "10GiB";

  @Option(
      names = "--store.max-concurrent-reads",
      paramLabel = "N",
      description = "Maximum concurrent reads of the store (default ${DEFAULT-VALUE}).")
  private int maxReads = FetchOptions.MAX_CONCURRENT_READS;

  @Option(
      names = "--store.max-bytes-per-second",
      paramLabel = "SIZE",
      description = "Maximum bytes per second read from the store; 0 for no limit (default 0).")
  private String bandwidth = "0";

  @Option(
      names = "--store.hedge-quantile",
      paramLabel = "Q",
      description =
          "A read is hedged with another request where measurements say that this pays, but not before this quantile of recent reads (default ${DEFAULT-VALUE}).")
  private double hedgeQuantile = HedgingObjectStore.HedgePolicy.DEFAULT.quantile();

  @Option(
      names = "--store.hedge-max-share",
      paramLabel = "SHARE",
      description =
          "Maximum hedged requests as a share of all reads; 0 turns hedging off (default ${DEFAULT-VALUE}).")
  private double hedgeShare = HedgingObjectStore.HedgePolicy.DEFAULT.maxShare();

  @Option(
      names = "--store.hedge-max-bytes",
      paramLabel = "SIZE",
      description = "Larger reads are never hedged (default ${DEFAULT-VALUE}).")
  private String hedgeBytes = "2MiB";

  @Option(
      names = "--store.hedge-min-saving",
      paramLabel = "DURATION",
      description =
          "Reads are hedged only where a hedged request saves so much time on average (default ${DEFAULT-VALUE}).")
  private String hedgeSaving = "15ms";

  @Option(
      names = "--store.retry-share",
      paramLabel = "SHARE",
      description =
          "Maximum retries as a share of all requests, beyond a burst of 20; while half of the burst is used up, no request is hedged (default ${DEFAULT-VALUE}).")
  private double retryShare = RetryBudget.DEFAULT_SHARE;

  @Option(
      names = "--store.price-get",
      paramLabel = "DOLLARS",
      description =
          "Price of a million GET and HEAD requests, for explain and metrics (default ${DEFAULT-VALUE}, of Cloudflare R2).")
  private double priceGet = RequestPrices.R2.get();

  @Option(
      names = "--store.price-list",
      paramLabel = "DOLLARS",
      description =
          "Price of a million LIST requests, for explain and metrics (default ${DEFAULT-VALUE}, of Cloudflare R2).")
  private double priceList = RequestPrices.R2.list();

  @Option(
      names = "--cdn.url",
      paramLabel = "URL",
      description =
          "URL of a CDN that mirrors the store; object keys are appended to it (a prefix in the store's configuration is part of the URL);"
              + " block files are read from it first (default: no CDN).")
  private String cdn = "";

  @Option(
      names = "--cdn.timeout",
      paramLabel = "DURATION",
      description =
          "Timeout of reads from the CDN, after which the store is read instead (default ${DEFAULT-VALUE}).")
  private String cdnTimeout = "5s";

  FetchOptions options(CommandLine line) {
    HedgingObjectStore.HedgePolicy d = HedgingObjectStore.HedgePolicy.DEFAULT;
    long memoryBytes =
        memory.isEmpty()
            ? MemoryPages.defaultBytes()
            : Sizes.parse(memory, "--cache.memory-size", line);
    try {
      FetchOptions options =
          FetchOptions.defaults()
              .withMemoryBytes(memoryBytes)
              .withHedging(
                  new HedgingObjectStore.HedgePolicy(
                      Sizes.parse(hedgeBytes, "--store.hedge-max-bytes", line),
                      hedgeQuantile,
                      hedgeShare,
                      d.minDelay(),
                      DurationFlag.parse(hedgeSaving, "--store.hedge-min-saving", line)))
              .withRequests(
                  new FetchOptions.RequestOptions(
                      FetchOptions.RequestOptions.DEFAULT.retries(),
                      retryShare,
                      new RequestPrices(priceGet, priceList)))
              .withReadLimits(
                  new ReadScheduler.ReadLimits(
                      maxReads, Sizes.parse(bandwidth, "--store.max-bytes-per-second", line)));
      if (!diskDirectory.isEmpty()) {
        options =
            options.withDisk(
                new DiskPages.DiskCacheOptions(
                    Path.of(diskDirectory), Sizes.parse(diskSize, "--cache.disk-size", line)));
      }
      if (!cdn.isEmpty()) {
        options =
            options.withCdn(
                new CdnObjectStore.Mirror(
                    URI.create(cdn), DurationFlag.parse(cdnTimeout, "--cdn.timeout", line)));
      }
      return options;
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }
}
