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
    Path work = Files.createDirectories(target.resolveSibling("work"));
    ConversionOptions options = ConversionOptions.defaults().withWorkDirectory(work);
    Conversion.run(source.toString(), target.toString(), options, day -> {});
  }

  /// A gateway that brings and keeps bytes so, and keeps no results.
  public static GatewayOptions fetching(FetchOptions fetch) {
    GatewayOptions d = GatewayOptions.defaults();
    return new GatewayOptions(
        d.engine(),
        d.ceilings(),
        d.coalescing(),
        d.catalogRefresh(),
        d.layoutBytes(),
        fetch,
        d.queryBytes(),
        0,
        d.prefetch(),
        d.maxConcurrentQueries());
  }

  /// A gateway that keeps layouts alone, so that each query costs what it costs.
  public static GatewayOptions withoutPageCache() {
    FetchOptions f = FetchOptions.defaults();
    return fetching(new FetchOptions(0, f.disk(), f.hedging(), f.gate(), f.cdn()));
  }

  /// A gateway with every experimental syntax on, and the engine's other options off, as the
  /// recorded answers were made.
  public static GatewayOptions wholeLanguage() {
    GatewayOptions d = GatewayOptions.defaults();
    EngineOptions e = d.engine();
    return new GatewayOptions(
        new EngineOptions(
            e.lookback(),
            e.timeout(),
            e.maxSamples(),
            e.subqueryStep(),
            EnumSet.of(
                Feature.EXPERIMENTAL_FUNCTIONS,
                Feature.EXTENDED_RANGE_SELECTORS,
                Feature.BINOP_FILL_MODIFIERS)),
        d.ceilings(),
        d.coalescing(),
        d.catalogRefresh(),
        d.layoutBytes(),
        d.fetch(),
        d.queryBytes(),
        0,
        d.prefetch(),
        d.maxConcurrentQueries());
  }
}
