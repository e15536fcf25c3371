package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.TimeRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Typical queries over the demo's blocks, from which the start-up cache is made. The cache records
/// loaded classes and method profiles, so that a new process compiles hot methods immediately (JEP
/// 483, JEP 515).
final class WarmUp {
  private static final int ROUNDS = 60;
  private static final long DAY = 86_400;

  /// Three hours before the demo's third day, so that a range of one day crosses midnight.
  private static final long END = 1_748_736_000 + 2 * DAY - 3 * 3600;

  private static final List<String> RANGE_QUERIES =
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

  /// A gateway without page cache and results cache, so that every query reads and evaluates.
  static GatewayOptions options() {
    GatewayOptions d = GatewayOptions.defaults();
    return d.withFetch(d.fetch().withoutPageCache()).withoutResultsCache();
  }

  /// A request of the HTTP API.
  ///
  /// @param isRemote as if from another machine, so that the response is compressed
  record Request(String path, String body, boolean isRemote) {}

  /// What the requests of a round ask for.
  record Target(int dataCenter, TimeRange range) {}

  /// Each round has another data center and time.
  static Target target(int round) {
    long end = END - round * 60;
    return new Target(
        DATA_CENTERS[round % DATA_CENTERS.length], new TimeRange(1000 * (end - DAY), 1000 * end));
  }

  /// The requests of one round.
  static List<Request> requests(int round) {
    List<Request> out = new ArrayList<>();
    int dc = target(round).dataCenter();
    long end = target(round).range().endMillis() / 1000;
    boolean isRemote = round % 4 == 0;
    out.add(
        new Request(
            "/api/v1/query",
            body("sum by (instance) (hmd:release_scopes:enabled{dc_id=\"%d\"})", dc)
                + "&time="
                + end,
            isRemote));
    for (String q : RANGE_QUERIES) {
      out.add(
          new Request(
              "/api/v1/query_range",
              body(q, dc) + "&start=" + (end - DAY) + "&end=" + end + "&step=60",
              isRemote));
    }
    return out;
  }

  private static String body(String expression, int dc) {
    return "query=" + URLEncoder.encode(String.format(expression, dc), StandardCharsets.UTF_8);
  }

  static void run(Gateway gateway, String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient();
        WarmUpCalls calls = WarmUpCalls.open(gateway)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Request r : requests(round)) {
          send(client, url, r);
        }
        calls.run(round);
      }
    }
  }

  private static void send(HttpClient client, String url, Request r)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + r.path()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(r.body()));
    if (r.isRemote()) {
      request.header("Accept-Encoding", "gzip").header("Via", "1.1 warm-up");
    }
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
