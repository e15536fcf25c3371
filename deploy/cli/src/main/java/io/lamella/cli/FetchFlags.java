package io.lamella.cli;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.fetch.CdnObjectStore;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.fetch.ReadScheduler;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// How the bytes of blocks are brought and kept, in flags.
final class FetchFlags {
  @Option(
      names = "--cache.memory-size",
      paramLabel = "SIZE",
      description =
          "Pages kept in memory; 0 keeps none (default: 256MiB, or a quarter of the heap where that is less).")
  private String memory = "";

  @Option(
      names = "--cache.disk-dir",
      paramLabel = "DIR",
      description =
          "Directory of a disk cache of pages, which survives restarts; one process alone may use it (default: no disk cache).")
  private String diskDirectory = "";

  @Option(
      names = "--cache.disk-size",
      paramLabel = "SIZE",
      description = "Most that the disk cache may take (default ${DEFAULT-VALUE}).")
  private String diskSize = "10GiB";

  @Option(
      names = "--store.max-concurrent-reads",
      paramLabel = "N",
      description = "Reads of the store under way at once (default ${DEFAULT-VALUE}).")
  private int maxReads = FetchOptions.MAX_CONCURRENT_READS;

  @Option(
      names = "--store.max-bytes-per-second",
      paramLabel = "SIZE",
      description = "Bytes read from the store in a second; 0 for no limit (default 0).")
  private String bandwidth = "0";

  @Option(
      names = "--store.hedge-quantile",
      paramLabel = "Q",
      description =
          "A small read that takes longer than this quantile of recent ones gets a second request (default ${DEFAULT-VALUE}).")
  private double hedgeQuantile = HedgingObjectStore.HedgePolicy.DEFAULT.quantile();

  @Option(
      names = "--store.hedge-max-share",
      paramLabel = "SHARE",
      description =
          "Most second requests for each first one; 0 sends none (default ${DEFAULT-VALUE}).")
  private double hedgeShare = HedgingObjectStore.HedgePolicy.DEFAULT.maxShare();

  @Option(
      names = "--store.hedge-max-bytes",
      paramLabel = "SIZE",
      description = "Larger reads never get a second request (default ${DEFAULT-VALUE}).")
  private String hedgeBytes = "256KiB";

  @Option(
      names = "--cdn.url",
      paramLabel = "URL",
      description =
          "A CDN that mirrors the store, below whose URL the store's keys lie (a prefix in the store's configuration is part of the URL);"
              + " asked first for block files (default: none).")
  private String cdn = "";

  @Option(
      names = "--cdn.timeout",
      paramLabel = "DURATION",
      description = "After this the bucket is asked instead (default ${DEFAULT-VALUE}).")
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
                      d.minDelay()))
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
