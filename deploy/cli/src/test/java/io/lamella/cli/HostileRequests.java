package io.lamella.cli;

import io.lamella.promql.differential.Expressions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// Generates requests as bytes on the wire: queries with random expressions, and what remains of
/// them after hostile changes to expressions, parameters, encodings, sizes, methods and framing.
/// The same seed gives the same ones.
final class HostileRequests {
  private static final List<String> ENDPOINTS =
      List.of(
          "query",
          "query",
          "query",
          "query_range",
          "query_range",
          "query_range",
          "format_query",
          "parse_query",
          "series",
          "labels",
          "label/__name__/values",
          "label/U__a_2e_/values",
          "label/%ff/values",
          "status/buildinfo",
          "status/tsdb",
          "status/tsdb/blocks",
          "status/self_metrics",
          "metadata",
          "query_exemplars",
          "rules",
          "targets",
          "targets/relabel_steps",
          "nothing",
          "",
          "/federate",
          "associations",
          "associations",
          "/-/ready",
          "/-/reload",
          "/version");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "1e999",
          "-9e15",
          "9e15",
          "9223372036854775807",
          "-9223372036.854775808",
          "9223372036854775.807",
          "NaN",
          "Inf",
          "0.001",
          "1e-30",
          "",
          "1736640000",
          "2025-01-01T00:00:00Z",
          "-292273086-05-16T16:47:06Z",
          "292277025-08-18T07:12:54.999999999Z",
          "5m",
          "1y",
          "1ms",
          "300y",
          "0s",
          "-5m",
          "\u0000",
          "🦊");
  private static final List<String> PARAMETERS =
      List.of(
          "query",
          "time",
          "start",
          "end",
          "step",
          "timeout",
          "limit",
          "lookback_delta",
          "stats",
          "explain",
          "match[]",
          "max_samples",
          "max_series",
          "max_fetched_bytes",
          "max_reads",
          "partial_response",
          "storeMatch[]",
          "max_source_resolution",
          "dedup",
          "replicaLabels[]",
          "engine",
          "shard_info",
          "metric_name_pattern",
          "type",
          "id",
          "count");

  private static final List<String> CODINGS =
      List.of("gzip", "zstd", "br", "gzip;q=0, zstd", "*;q=x", "br;q=1.0,gzip;q=0.5,,;;");

  /// Expressions that once were, or could be, expensive: to parse, to plan, to evaluate, to print.
  private static final List<String> EXPENSIVE =
      List.of(
          "up{a=~\"(((a{100}){100}){100}){100}\"}",
          "up{a=~\"(a?){500}a{500}\"}",
          "label_replace(up, \"a\", \"$1\", \"b\", \"((((x{60}){60}){60}){60})\")",
          "up{a=~\"" + "(".repeat(2_000) + "\"}",
          "max_over_time(up[10y:1s])",
          "sum_over_time(up[100y:1ms])",
          "up[100y:1ms]",
          "rate(ramp[1000000y])",
          "up offset 290000000y",
          "up @ 9e15",
          "up @ -9223372036854775",
          "sum_over_time(sum_over_time(sum_over_time(ramp[1d:1s])[1d:1s])[1d:1s])",
          "count_values(\"v\", ramp) * on () group_left () ramp",
          "{__name__=~\".*\"}",
          "{__name__=~\".+\"} * on () group_left () {__name__=~\".+\"}",
          "topk(1e308, {__name__=~\".+\"})",
          "quantile_over_time(NaN, ramp[5d])",
          "abs(".repeat(990) + "ramp" + ")".repeat(990),
          "abs(".repeat(50_000) + "ramp" + ")".repeat(50_000),
          "-".repeat(100_000) + "1",
          "1" + " + 1".repeat(1_200),
          "1" + " + 1".repeat(100_000),
          "ramp" + " + ramp".repeat(300),
          "ramp" + " or ramp offset 1m".repeat(200),
          "sum by (" + "a,".repeat(20_000) + "b) (ramp)",
          "{" + "a=\"b\",".repeat(20_000) + "__name__=\"up\"}",
          "\"" + "x".repeat(200_000) + "\"",
          "ramp # " + "x".repeat(200_000),
          "round(ramp, 1e-320) ^ 1e308 % -0.0",
          "vector(time()) ^ 1e308",
          "holt_winters(ramp[5d:1s], 0.5, 0.5)",
          "double_exponential_smoothing(ramp[5d], 0.5, 0.5)",
          "predict_linear(ramp[5d], 1e308)",
          "histogram_quantile(1e308, ramp)",
          "absent_over_time({a=~\"b|\"}[300y])");

  /// A tenant that a gateway with tenants has.
  static final String TENANT = "team-a";

  private final Random random;
  private final Expressions expressions;
  private final HostileReads reads;
  private final HostileBacktests backtests;
  private final int firstSecond;

  /// @param names of metrics that exist
  /// @param firstSecond about which the metrics have samples
  HostileRequests(Random random, List<String> names, long firstSecond) {
    this.random = random;
    this.expressions = new Expressions(random, names);
    this.reads = new HostileReads(random, names, 1_000 * firstSecond);
    this.backtests = new HostileBacktests(random, names, firstSecond);
    this.firstSecond = (int) firstSecond;
  }

  /// What is sent, and how the client ends.
  ///
  /// @param isWhole false where the request may be cut or garbage, so that no response is promised
  /// @param leaves true where the client closes without reading the response
  record Sent(byte[] bytes, boolean isWhole, boolean leaves) {}

  Sent next() {
    if (chance(25)) {
      return new Sent(garbage(), false, chance(3));
    }
    if (chance(12)) {
      return new Sent(remoteRead(), true, chance(20));
    }
    if (chance(8)) {
      return new Sent(backtest(), true, chance(6));
    }
    String request = request();
    byte[] bytes = request.getBytes(chance(20) ? StandardCharsets.ISO_8859_1 : UTF_8);
    if (chance(20)) {
      return new Sent(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)), false, false);
    }
    if (chance(25)) {
      for (int i = random.nextInt(5); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      return new Sent(bytes, false, false);
    }
    return new Sent(bytes, true, chance(20));
  }

  private byte[] backtest() {
    String form = one(List.of("", "?format=ndjson", "?format=html&values=500", "?format=junit"));
    return withBody(
        "/api/v1/backtest" + form,
        "Content-Type: application/json\r\n",
        backtests.next().getBytes(UTF_8));
  }

  private byte[] remoteRead() {
    return withBody(
        "/api/v1/read",
        "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n",
        reads.next());
  }

  private byte[] withBody(String path, String type, byte[] body) {
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\n"
                + headers()
                + type
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(UTF_8);
    byte[] out = java.util.Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, out, head.length, body.length);
    return out;
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  private String request() {
    String endpoint = one(ENDPOINTS);
    String parameters = parameters(endpoint);
    if (chance(3)) {
      return post(endpoint, parameters);
    }
    String method =
        chance(15)
            ? one(List.of("HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO", "get"))
            : "GET";
    String body = chance(20) ? "x".repeat(random.nextInt(3_000)) : "";
    return method
        + " "
        + path(endpoint)
        + (parameters.isEmpty() ? "" : "?" + parameters)
        + " HTTP/1.1\r\n"
        + headers()
        + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
        + "\r\n"
        + body;
  }

  private static String path(String endpoint) {
    return endpoint.startsWith("/") ? endpoint : "/api/v1/" + endpoint;
  }

  private String post(String endpoint, String parameters) {
    String body = chance(60) ? "a=b&".repeat(random.nextInt(500_000)) : parameters;
    String type =
        chance(10)
            ? one(
                List.of(
                    "multipart/form-data; boundary=x",
                    "text/plain",
                    "",
                    "/;;=",
                    "application/json"))
            : "application/x-www-form-urlencoded";
    String head =
        "POST "
            + path(endpoint)
            + " HTTP/1.1\r\n"
            + headers()
            + "Content-Type: "
            + type
            + "\r\n"
            + (chance(30) ? "Content-Encoding: gzip\r\n" : "");
    int length = body.getBytes(UTF_8).length;
    if (chance(10)) {
      return head
          + "Transfer-Encoding: chunked\r\n\r\n"
          + Integer.toHexString(length)
          + "\r\n"
          + body
          + "\r\n0\r\n\r\n";
    }
    return head + "Content-Length: " + length + "\r\n\r\n" + body;
  }

  private String headers() {
    return "Host: a\r\nConnection: close\r\n"
        + (chance(20) ? "" : "X-Scope-OrgID: " + TENANT + "\r\n")
        + (chance(3) ? "Accept-Encoding: " + one(CODINGS) + "\r\n" : "")
        + (chance(10) ? "X-Forwarded-For: 192.0.2.1\r\n" : "")
        + (chance(30) ? "X: " + "y".repeat(random.nextInt(60_000)) + "\r\n" : "")
        + (chance(30) ? "A: b\r\n".repeat(random.nextInt(3_000)) : "");
  }

  private String parameters(String endpoint) {
    StringBuilder out = new StringBuilder();
    boolean range = endpoint.equals("query_range");
    if (endpoint.equals("associations")) {
      parameter(out, "type", chance(10) ? one(NUMBERS) : "metrics");
      for (int i = random.nextInt(chance(20) ? 1_000 : 5); i > 0; i--) {
        parameter(out, "id", chance(4) ? one(NUMBERS) : "" + i);
      }
    }
    parameter(out, endpoint.contains("query") ? "query" : "match[]", expression(range));
    long start = firstSecond + random.nextInt(86_400);
    if (range) {
      int step = 1 + random.nextInt(600);
      parameter(out, "start", "" + start);
      parameter(out, "end", "" + (start + (long) step * random.nextInt(400)));
      parameter(out, "step", "" + step);
    } else if (!chance(5)) {
      parameter(out, "time", "" + start);
    }
    while (chance(4)) {
      String name = one(PARAMETERS);
      String value = chance(8) ? expression(range) : one(NUMBERS);
      if (chance(2)) {
        StringBuilder first = new StringBuilder();
        parameter(first, name, value);
        out.insert(0, first.append('&'));
      } else {
        parameter(out, name, value);
      }
    }
    if (chance(30)) {
      out.append(one(List.of("&%", "&%zz=1", "&a;b", "&&&", "&=", "&query", "&%00=%ff")));
    }
    if (chance(200)) {
      out.append("&a=b".repeat(random.nextInt(3_000)));
    }
    return out.toString();
  }

  private void parameter(StringBuilder out, String name, String value) {
    out.append(out.isEmpty() ? "" : "&")
        .append(URLEncoder.encode(name, UTF_8))
        .append('=')
        .append(chance(50) ? value.replaceAll("[\\s&#]", "+") : URLEncoder.encode(value, UTF_8));
  }

  private String expression(boolean range) {
    String e = chance(12) ? one(EXPENSIVE) : range ? expressions.range() : expressions.instant();
    if (chance(8)) {
      e = "sum(" + e + ") " + one(List.of("+", "/", "and", "unless", "^", "%")) + " (" + e + ")";
    }
    if (chance(10)) {
      e = "max_over_time((" + e + ")[" + one(List.of("5m:1s", "1y:1d", "3h:", "1d:1ms")) + "])";
    }
    return chance(8) ? mutated(e) : e;
  }

  private String mutated(String e) {
    StringBuilder out = new StringBuilder(e);
    for (int i = random.nextInt(3); i >= 0 && !out.isEmpty(); i--) {
      int at = random.nextInt(out.length());
      int to = Math.min(out.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(6)) {
        case 0 -> out.delete(at, to);
        case 1 -> out.insert(at, out.substring(at, to));
        case 2 -> out.setCharAt(at, (char) random.nextInt(0x250));
        case 3 ->
            out.insert(at, one(List.of("(", ")", "[", "]", "{", "}", "\"", "'", "`", ":", "@")));
        case 4 -> out.insert(at, one(NUMBERS));
        default -> out.insert(at, one(List.of(" offset ", " by (", " and ", "\ud800", "#", "\\")));
      }
    }
    return out.toString();
  }

  private byte[] garbage() {
    byte[] out = new byte[1 + random.nextInt(chance(10) ? 100_000 : 300)];
    random.nextBytes(out);
    if (chance(2)) {
      byte[] head =
          one(List.of(
                  "GET / HTTP/1.1\r\n",
                  "GET /api/v1/query?query=",
                  "POST /api/v1/query HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                  "POST /api/v1/query HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                  "GET /api/v1/query HTTP/9.9\r\n\r\n",
                  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                  "\u0016\u0003\u0001\u0002"))
              .getBytes(UTF_8);
      System.arraycopy(head, 0, out, 0, Math.min(head.length, out.length));
    }
    return out;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }
}
