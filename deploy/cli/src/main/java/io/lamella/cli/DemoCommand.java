package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionSummary;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Demonstrates the whole system on real blocks: converts them, serves the result, runs queries,
/// and prints the cost of each.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Converts real Prometheus blocks, serves them and runs queries; needs no other software.")
public final class DemoCommand implements Callable<Integer> {
  private static final long TIME_SECONDS = 1_748_829_600;
  private static final List<DemoQuery> QUERIES =
      List.of(
          new DemoQuery(
              "Release scopes that are on, by host, in data center 45",
              "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"45\"})",
              false),
          new DemoQuery(
              "Interface states of one edge router during its maintenance (1 up, 2 down)",
              "sum by (lldp_name) (network_snmp_interface_admin_status{instance=~\"edge01.fra03\", lldp_name=~\"spine.*\"})",
              true),
          new DemoQuery(
              "Requests a second, by data center",
              "sum by (dc_id) (rate(edge_http_requests_total[10m]))",
              false));

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(names = "--keep", description = "Keep serving until interrupted.")
  private boolean keep;

  @Option(names = "--quiet", description = "Print nothing but errors.")
  private boolean quiet;

  @Option(
      names = "--blocks",
      paramLabel = "DIR",
      description = "TSDB blocks to convert (default: those in deploy/demo).")
  private String blocks = "";

  @Option(
      names = "--warm-up",
      paramLabel = "STORE",
      hidden = true,
      description = "Convert into this store and run many queries, to make the start-up cache.")
  private String warmUp = "";

  private record DemoQuery(String title, String expression, boolean range) {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out =
        quiet
            ? new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    Path source =
        blocks.isEmpty()
            ? Path.of(System.getProperty("lamella.home", "."), "deploy", "demo", "blocks")
            : Path.of(blocks);
    Path directory = Files.createTempDirectory("lamella-demo-");
    String target = warmUp.isEmpty() ? directory.toString() : warmUp;
    try (ObjectStore store = ObjectStores.open(target)) {
      convert(source, target, out);
      try (Gateway gateway =
              Gateway.open(store, warmUp.isEmpty() ? GatewayOptions.defaults() : WarmUp.options());
          ApiServer api =
              gateway.serve(
                  ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo(BuildVersion.NUMBER, ""))) {
        String url = "http://127.0.0.1:" + api.port();
        boolean succeeded = true;
        for (DemoQuery q : QUERIES) {
          succeeded &= run(url, q, gateway, out);
        }
        if (!warmUp.isEmpty()) {
          WarmUp.run(gateway, url);
        }
        out.println(
            "More: " + url + "/api/v1/query?query=aegis_pool_capacity&time=" + TIME_SECONDS);
        if (!keep) {
          out.println("      (with ./lamella demo --keep, which keeps serving)");
        }
        out.flush();
        if (keep) {
          Thread.currentThread().join();
        }
        return succeeded ? 0 : 1;
      }
    } finally {
      DirectoryTree.delete(directory);
    }
  }

  private static void convert(Path source, String target, PrintWriter out)
      throws IOException, InterruptedException {
    out.println("Converting " + source + " …");
    out.flush();
    ConversionSummary s =
        Conversion.run(source.toString(), target, ConversionOptions.defaults(), line -> {});
    out.println("  " + s.text());
    out.println();
  }

  private static boolean run(String url, DemoQuery q, Gateway gateway, PrintWriter out)
      throws IOException, InterruptedException {
    String query =
        "query=" + URLEncoder.encode(q.expression(), StandardCharsets.UTF_8) + "&stats=all";
    String address =
        q.range()
            ? url
                + "/api/v1/query_range?"
                + query
                + "&start="
                + (TIME_SECONDS - 3600)
                + "&end="
                + (TIME_SECONDS + 3600)
                + "&step=1200"
            : url + "/api/v1/query?" + query + "&time=" + TIME_SECONDS;
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(address)).build(),
              HttpResponse.BodyHandlers.ofString());
      out.println(q.title());
      out.println("  " + q.expression());
      ResultTable.print(response.body(), out, out);
      printCost(response.body(), gateway, out);
      out.println();
      out.flush();
      return response.statusCode() == 200 && !response.body().contains("\"result\":[]");
    }
  }

  private static void printCost(String body, Gateway gateway, PrintWriter out) {
    if (JsonTree.parse(body) instanceof Map<?, ?> root
        && root.get("data") instanceof Map<?, ?> data
        && data.get("stats") instanceof Map<?, ?> stats
        && stats.get("store") instanceof Map<?, ?> store) {
      long totalBytes = gateway.blocks().blocks().stream().mapToLong(BlockMeta::bytes).sum();
      out.printf(
          "  took %s GETs and %,d bytes of %,d bytes in %d blocks%n",
          store.get("reads"),
          Long.parseLong(String.valueOf(store.get("bytes"))),
          totalBytes,
          gateway.blocks().blocks().size());
    }
  }
}
