package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.model.Matcher;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelPrefetchTest {
  @TempDir private Path directory;

  private GatewayOptions ahead(long labelBytes) {
    return GatewayOptions.defaults()
        .withoutResultsCache()
        .withCatalogRefresh(Duration.ofMillis(20))
        .withPrefetch(new PrefetchLimits(labelBytes, 1 << 20));
  }

  /// What it takes to list the series of the newest day, whose labels come first.
  private Used series(Gateway gateway) {
    return gateway
        .queries()
        .labelSets(
            List.of(List.of(Matcher.equal("__name__", "ramp"))),
            gateway.blocks().blocks().getLast().range(),
            QueryOptions.NONE)
        .used();
  }

  private Gateway open(ObjectStore store, long labelBytes)
      throws IOException, InterruptedException {
    return Gateway.open(store, ahead(labelBytes));
  }

  private static void awaitPrefetch(int port) throws IOException, InterruptedException {
    HttpRequest metrics =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    Pattern some = Pattern.compile("(?m)^lamella_prefetched_bytes_total [1-9]");
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 600; i++) {
        if (some.matcher(client.send(metrics, BodyHandlers.ofString()).body()).find()) {
          return;
        }
        Thread.sleep(50);
      }
    }
    fail("nothing was fetched ahead");
  }

  @Test
  void labelsThatWereFetchedAheadAreNotReadAgain() throws IOException, InterruptedException {
    Path source = directory.resolve("tsdb");
    RandomBlocks.write(source, 2);
    ConvertedBlocks.convert(source, directory.resolve("lamella"));
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("lamella"));
        Gateway gateway = open(store, 1 << 20);
        ApiServer api =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""))) {
      awaitPrefetch(api.port());
      assertEquals(0, series(gateway).reads());
    }
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("lamella"));
        Gateway gateway = open(store, 1)) {
      assertTrue(series(gateway).reads() > 0, "a block's labels are more than a byte");
    }
  }
}
