package io.lamella.cli;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionSummary;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
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

/// Shows the whole way on real blocks: converts them, serves the result, asks, and says what each
/// answer took.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Converts a real Prometheus block, serves it and answers queries; needs nothing installed.")
public final class DemoCommand implements Callable<Integer> {
  private static final long AT = 1_748_829_600;
  private static final List<Question> QUESTIONS =
      List.of(
          new Question(
              "Release scopes that are on, by host, in data center 45",
              "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"45\"})",
              false),
          new Question(
              "Interface states of one edge router during its maintenance (1 up, 2 down)",
              "sum by (lldp_name) (network_snmp_interface_admin_status{instance=~\"edge01.fra03\", lldp_name=~\"spine.*\"})",
              true),
          new Question(
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
      description = "TSDB blocks to show (default: those in deploy/demo).")
  private String blocks = "";

  @Option(
      names = "--warm-up",
      paramLabel = "STORE",
      hidden = true,
      description = "Convert into this store and run many queries, for the start-up cache.")
  private String warmUp = "";

  private record Question(String title, String expression, boolean range) {}

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
              gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("0.1.0", ""))) {
        String url = "http://127.0.0.1:" + api.port();
        boolean right = true;
        for (Question q : QUESTIONS) {
          right &= ask(url, q, gateway, out);
        }
        if (!warmUp.isEmpty()) {
          WarmUp.run(url);
        }
        out.println("More: " + url + "/api/v1/query?query=aegis_pool_capacity&time=" + AT);
        if (!keep) {
          out.println("      (with ./lamella demo --keep, which goes on serving)");
        }
        out.flush();
        if (keep) {
          Thread.currentThread().join();
        }
        return right ? 0 : 1;
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

  private static boolean ask(String url, Question q, Gateway gateway, PrintWriter out)
      throws IOException, InterruptedException {
    String query =
        "query=" + URLEncoder.encode(q.expression(), StandardCharsets.UTF_8) + "&stats=all";
    String address =
        q.range()
            ? url
                + "/api/v1/query_range?"
                + query
                + "&start="
                + (AT - 3600)
                + "&end="
                + (AT + 3600)
                + "&step=1200"
            : url + "/api/v1/query?" + query + "&time=" + AT;
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(address)).build(),
              HttpResponse.BodyHandlers.ofString());
      out.println(q.title());
      out.println("  " + q.expression());
      AnswerTable.print(answer.body(), out, out);
      cost(answer.body(), gateway, out);
      out.println();
      out.flush();
      return answer.statusCode() == 200 && !answer.body().contains("\"result\":[]");
    }
  }

  private static void cost(String body, Gateway gateway, PrintWriter out) {
    if (JsonTree.parse(body) instanceof Map<?, ?> root
        && root.get("data") instanceof Map<?, ?> data
        && data.get("stats") instanceof Map<?, ?> stats
        && stats.get("store") instanceof Map<?, ?> store) {
      long whole = gateway.blocks().blocks().stream().mapToLong(BlockMeta::bytes).sum();
      out.printf(
          "  took %s GETs and %,d bytes of %,d bytes in %d blocks%n",
          store.get("reads"),
          Long.parseLong(String.valueOf(store.get("bytes"))),
          whole,
          gateway.blocks().blocks().size());
    }
  }
}
