package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.GatewayOptions;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.ast.Feature;
import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/// Converts real blocks for a test, and gateway options for tests.
public final class ConvertedBlocks {
  private ConvertedBlocks() {}

  public static Path demo() {
    return RecordedSamples.inProject("deploy", "demo", "blocks");
  }

  /// Converts the blocks of `source` into `target`; the work directory is beside it.
  public static void convert(Path source, Path target) throws IOException, InterruptedException {
    Path work = Files.createDirectories(target.resolveSibling("work"));
    ConversionOptions options = ConversionOptions.defaults().withWorkDirectory(work);
    Conversion.run(source.toString(), target.toString(), options, day -> {});
  }

  /// Options with these fetch options and without a results cache.
  public static GatewayOptions fetching(FetchOptions fetch) {
    return GatewayOptions.defaults().withFetch(fetch).withoutResultsCache();
  }

  /// Options without page cache and results cache, so that every query reads all pages that it
  /// needs.
  public static GatewayOptions withoutPageCache() {
    return fetching(FetchOptions.defaults().withMemoryBytes(0));
  }

  /// Options with all experimental syntax on and the engine's other features off, like the
  /// Prometheus whose results were recorded.
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
