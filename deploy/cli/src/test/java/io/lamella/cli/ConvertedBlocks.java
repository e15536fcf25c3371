package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.GatewayOptions;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.Feature;
import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/// Real blocks, converted into a directory for a test.
public final class ConvertedBlocks {
  private ConvertedBlocks() {}

  public static Path demo() {
    return RecordedSamples.inProject("deploy", "demo", "blocks");
  }

  /// Converts the blocks below `source` into `target`, working beside it.
  public static void convert(Path source, Path target) throws IOException, InterruptedException {
    ConversionOptions d = ConversionOptions.defaults();
    Path work = Files.createDirectories(target.resolveSibling("work"));
    ConversionOptions options =
        new ConversionOptions(
            d.sortKey(),
            d.settings(),
            d.columnMillis(),
            d.replicaLabels(),
            work,
            d.threads(),
            d.debrisDelay());
    Conversion.run(source.toString(), target.toString(), options, day -> {});
  }

  /// A gateway that fetches and caches bytes so, without a results cache.
  public static GatewayOptions fetching(FetchOptions fetch) {
    return GatewayOptions.defaults().withFetch(fetch).withoutResultsCache();
  }

  /// A gateway that caches metadata alone, so that a query costs the same each time.
  public static GatewayOptions withoutPageCache() {
    return fetching(FetchOptions.defaults().withMemoryBytes(0));
  }

  /// A gateway with every experimental syntax on, and the engine's other options off, as the
  /// recorded answers were made.
  public static GatewayOptions wholeLanguage() {
    GatewayOptions d = GatewayOptions.defaults();
    EngineOptions e = d.engine();
    return d.withEngine(
            new EngineOptions(
                e.lookback(),
                e.timeout(),
                e.maxSamples(),
                e.subqueryStep(),
                EnumSet.of(
                    Feature.EXPERIMENTAL_FUNCTIONS,
                    Feature.EXTENDED_RANGE_SELECTORS,
                    Feature.BINOP_FILL_MODIFIERS)))
        .withoutResultsCache();
  }
}
