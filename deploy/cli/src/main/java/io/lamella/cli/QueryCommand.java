package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs one query and prints the result. The query goes to a running server, or to a temporary one
/// that serves the given store.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Runs one query and prints the result.")
public final class QueryCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A server with the Prometheus HTTP API, instead of --store.")
  private String url = "";

  @Parameters(paramLabel = "EXPR", description = "The PromQL expression.")
  private String expression = "";

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "Evaluation time: RFC 3339 or Unix seconds (default: now).")
  private String time = "";

  @Option(names = "--start", paramLabel = "TIME", description = "Start of a range query.")
  private String start = "";

  @Option(names = "--end", paramLabel = "TIME", description = "End of a range query, inclusive.")
  private String end = "";

  @Option(
      names = "--step",
      paramLabel = "DURATION",
      description = "Step of a range query (default ${DEFAULT-VALUE}).")
  private String step = "1m";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Output format, table or json (default ${DEFAULT-VALUE}).")
  private String output = "table";

  @Option(
      names = "--explain",
      description =
          "Also show what was read and why: blocks, rows, pages, bytes, times (Lamella servers only).")
  private boolean explain;

  @Override
  public Integer call() throws Exception {
    if (store.isGiven() == !url.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot query: give either --store or --url");
    }
    if (!output.equals("table") && !output.equals("json")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot print as \"" + output + "\": expected table or json");
    }
    if (!url.isEmpty()) {
      return run(url);
    }
    ObjectStores.PlainStore plain = store.openPlain();
    GatewayOptions options = GatewayOptions.defaults();
    try (ObjectStore opened = plain.store();
        Gateway gateway =
            Gateway.open(opened, options.withFetch(options.fetch().withRetries(plain.retries())));
        ApiServer server =
            gateway.serve(
                ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo(BuildVersion.NUMBER, ""))) {
      return run("http://127.0.0.1:" + server.port());
    }
  }

  private int run(String base) throws IOException, InterruptedException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("query", expression);
    boolean range = !start.isEmpty() || !end.isEmpty();
    if (range) {
      parameters.put("start", start);
      parameters.put("end", end);
      parameters.put("step", step);
    } else if (!time.isEmpty()) {
      parameters.put("time", time);
    }
    if (explain) {
      parameters.put("explain", "1");
    }
    HttpResponse<String> response =
        post(
            base.replaceAll("/+$", "") + "/api/v1/" + (range ? "query_range" : "query"),
            parameters);
    PrintWriter out = spec.commandLine().getOut();
    if (output.equals("json")) {
      out.println(response.body());
    } else {
      ResultTable.print(response.body(), out, spec.commandLine().getErr());
      if (explain && response.statusCode() == 200) {
        ExplainText.print(JsonTree.parse(response.body()), out);
      }
    }
    out.flush();
    return response.statusCode() == 200 ? 0 : 1;
  }

  private static HttpResponse<String> post(String address, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String form =
        parameters.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .timeout(Duration.ofMinutes(5))
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("cannot reach " + address + ": " + e, e);
    }
  }
}
