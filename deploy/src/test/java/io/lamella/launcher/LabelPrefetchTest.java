package io.lamella.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.budget.QueryBudget.Used;
import io.lamella.gateway.query.QueryTerms;
import io.lamella.gateway.select.LabelPrefetch;
import io.lamella.model.Matcher;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelPrefetchTest {
  @TempDir private Path directory;

  private GatewayOptions ahead(long labelBytes) {
    GatewayOptions d = ConvertedBlocks.fetching(io.lamella.gateway.FetchOptions.defaults());
    return new GatewayOptions(
        d.engine(),
        d.ceilings(),
        d.coalescing(),
        Duration.ofMillis(20),
        d.layoutBytes(),
        d.fetch(),
        d.queryBytes(),
        0,
        new LabelPrefetch.Limits(labelBytes, 1 << 20),
        d.maxConcurrentQueries());
  }

  /// What it takes to list the series of all days once everything was fetched ahead.
  private Used series(long labelBytes) throws IOException, InterruptedException {
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("lamella"));
        Gateway gateway = Gateway.open(store, ahead(labelBytes))) {
      // Some rounds of the refresher, each of which fetches what is missing.
      Thread.sleep(1_000);
      return gateway
          .queries()
          .labelSets(
              List.of(List.of(Matcher.equal("__name__", "ramp"))),
              gateway.blocks().blocks().getFirst().range(),
              QueryTerms.NONE)
          .used();
    }
  }

  @Test
  void labelsThatWereFetchedAheadAreNotReadAgain() throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, 2);
    ConvertedBlocks.convert(source, directory.resolve("lamella"));
    assertEquals(0, series(1 << 20).reads());
    // Manifests come ahead, labels do not.
    assertTrue(series(1).reads() > 0);
  }
}
