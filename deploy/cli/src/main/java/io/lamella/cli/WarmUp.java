package io.lamella.cli;

import io.lamella.gateway.GatewayOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What the start-up cache learns from: the questions that a gateway is asked all day, over the
/// demo's blocks. The cache keeps which classes are loaded and how methods behave, so that a new
/// process compiles at once what the warm-up showed to be hot (JEP 483, JEP 515).
final class WarmUp {
  private static final int ROUNDS = 60;
  private static final long DAY = 86_400;

  /// Three hours before the demo's third day, so that a day before it crosses midnight.
  private static final long END = 1_748_736_000 + 2 * DAY - 3 * 3600;

  private static final List<String> QUESTIONS =
      List.of(
          "sum by (lldp_name) (network_snmp_interface_admin_status{dc_id=\"%d\",lldp_name=~\"spine.*\"})",
          "min by (instance) (network_snmp_interface_oper_status{dc_id=\"%d\"})",
          "max by (dc_id) (aegis_pool_capacity{dc_id=~\"%d|12|90\"})",
          "sum by (dc_id) (aegis_pool_capacity{pool=\"pool-0%d\"})",
          "sum by (dc_id) (network_snmp_interface_admin_status{dc_id!=\"%d\"})",
          "sum by (dc_id) (rate(edge_http_requests_total{code=\"200\",dc_id!=\"%d\"}[10m]))",
          "histogram_quantile(0.99, sum by (le) (rate(edge_http_request_duration_seconds_bucket{dc_id=\"%d\"}[10m])))",
          "count by (instance) (network_snmp_interface_oper_status{dc_id=\"%1$d\"} == 2 unless on (instance, interface) network_snmp_interface_admin_status{dc_id=\"%1$d\"} == 2)",
          "count by (instance) (network_snmp_interface_admin_status{dc_id=\"%d\"} == 1) < 8");

  private static final int[] DATA_CENTERS = {12, 45, 46, 77, 81, 90};

  private WarmUp() {}

  /// A gateway that keeps neither pages nor results, so that each question is read and evaluated.
  static GatewayOptions options() {
    GatewayOptions d = GatewayOptions.defaults();
    return d.withFetch(d.fetch().withoutPageCache()).withoutResultsCache();
  }

  static void run(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int round = 0; round < ROUNDS; round++) {
        int dc = DATA_CENTERS[round % DATA_CENTERS.length];
        ask(
            client,
            url + "/api/v1/query?time=" + (END - round * 60),
            "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"%d\"})",
            dc,
            round);
        for (String q : QUESTIONS) {
          String range =
              "start=" + (END - DAY - round * 60) + "&end=" + (END - round * 60) + "&step=60";
          ask(client, url + "/api/v1/query_range?" + range, q, dc, round);
        }
      }
    }
  }

  private static void ask(HttpClient client, String address, String expression, int dc, int round)
      throws IOException, InterruptedException {
    String body =
        "query=" + URLEncoder.encode(String.format(expression, dc), StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (round % 4 == 0) {
      // As if from another machine, so that the answer is compressed.
      request.header("Accept-Encoding", "gzip").header("Via", "1.1 warm-up");
    }
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
