package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.promql.EngineOptions;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hostile requests hurt nobody: no failure of the server but 503, an answer to each, right answers
/// to others meanwhile, and nothing left behind.
///
/// `-Dlamella.hostile=50000 -Dlamella.hostile.seed=7` sets the number of requests and another seed;
/// [HostileClient] sends the same ones to a running server.
class HostileRequestsTest {
  private static final int COUNT = Integer.getInteger("lamella.hostile", 2_000);
  private static final long SEED = Long.getLong("lamella.hostile.seed", 11);
  private static final long SECOND = (RandomBlocks.START + RandomBlocks.DAY) / 1_000;
  private static final List<String> NAMES = List.of("constant", "flips", "odd", "ramp");

  @TempDir private Path directory;

  private static GatewayOptions options() {
    GatewayOptions d = ConvertedBlocks.wholeLanguage();
    EngineOptions e = d.engine();
    return d.withEngine(
        new EngineOptions(
            e.lookback(), Duration.ofSeconds(5), 500_000, e.subqueryStep(), e.features()));
  }

  private static double metric(HttpClient http, String url, String name) throws Exception {
    String all =
        http.send(
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    Matcher m = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(all);
    assertTrue(m.find(), name);
    return Double.parseDouble(m.group(1));
  }

  private static void awaitZero(HttpClient http, String url, String name) throws Exception {
    for (int i = 0; metric(http, url, name) > 0; i++) {
      assertTrue(i < 600, name + " does not go back to 0");
      Thread.sleep(50);
    }
  }

  @Test
  void hostileRequestsHurtNobody() throws Exception {
    RandomBlocks.write(directory.resolve("tsdb"), 1);
    ConvertedBlocks.convert(directory.resolve("tsdb"), directory.resolve("bucket"));
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.open(store, options());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("test", ""));
        HttpClient http = HttpClient.newHttpClient()) {
      String url = "http://127.0.0.1:" + server.port();
      int threads = Thread.activeCount();
      HostileClient client =
          new HostileClient(
              new InetSocketAddress("127.0.0.1", server.port()),
              HostileClient.queryUrl(url, "sum by (dc_id) (avg_over_time(ramp[1h]))", SECOND));

      client.run(COUNT, SEED, NAMES, SECOND);

      assertEquals(
          "", String.join("\n\n", client.failures()), () -> "seed " + SEED + client.statuses());
      assertTrue(client.statuses().get("200") > COUNT / 10, client.statuses().toString());
      awaitZero(http, url, "lamella_queries_running");
      awaitZero(http, url, "lamella_queries_waiting");
      awaitZero(http, url, "lamella_query_memory_bytes");
      assertTrue(Thread.activeCount() <= threads + 20, "threads are left");
    }
  }
}
