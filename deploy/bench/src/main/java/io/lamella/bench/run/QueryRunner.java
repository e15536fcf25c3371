package io.lamella.bench.run;

import io.lamella.bench.process.ProcessFigures;
import io.lamella.bench.query.BenchQuery;
import io.lamella.bench.query.QueryServer;
import io.lamella.bench.query.ResponseComparison;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.report.Measurement.QueryCost;
import io.lamella.bench.report.Measurement.QueryRound;
import io.lamella.bench.store.RequestLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs queries one at a time, compares each result with the reference's, and records time,
/// requests and CPU. No other query uses the store at the same time, so the store's log shows what
/// each query read.
final class QueryRunner implements AutoCloseable {
  private static final Duration QUIET = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private final QueryServer reference;
  private final ResponseComparison comparison;
  private final RequestLog log;
  private final List<Measurement> measurements = new ArrayList<>();
  private final Map<BenchQuery, String> expected = new HashMap<>();
  private final Set<String> classesWithResults = new HashSet<>();

  QueryRunner(QueryServer reference, Set<String> ignoredLabels, RequestLog log) {
    this.reference = reference;
    this.comparison = new ResponseComparison(ignoredLabels);
    this.log = log;
  }

  List<Measurement> measurements() {
    return measurements;
  }

  /// Classes that had at least one result that was not empty.
  Set<String> classesWithResults() {
    return classesWithResults;
  }

  /// Drops the reference's results, which may be large.
  void clearExpected() {
    expected.clear();
  }

  private String expected(BenchQuery q) throws IOException, InterruptedException {
    String body = expected.get(q);
    if (body == null) {
      QueryServer.QueryResponse response = reference.run(client, q);
      if (!response.isSuccess()) {
        throw new IOException(
            "cannot query the reference: " + q.address() + ": " + shortened(response.body()));
      }
      body = response.body();
      expected.put(q, body);
    }
    return body;
  }

  /// Runs a query without recording it.
  void warmUp(QueryServer server, BenchQuery query) throws IOException, InterruptedException {
    server.run(client, query);
    log.awaitQuiet(QUIET);
  }

  Measurement measure(QueryServer server, BenchQuery query, QueryRound round, Phase phase)
      throws IOException, InterruptedException {
    String expectedBody = expected(query);
    if (!expectedBody.contains("\"result\":[]") && !expectedBody.contains("\"data\":[]")) {
      classesWithResults.add(round.queryClass());
    }
    Map<String, Double> cachesBefore = caches(server);
    double cpuBefore = cpu(server);
    log.awaitQuiet(QUIET);
    int mark = log.mark();
    QueryServer.QueryResponse response = server.run(client, query);
    double cpu = cpu(server) - cpuBefore;
    // The slower of two hedged requests still ends, and still costs.
    log.awaitQuiet(QUIET);
    Map<String, Double> caches = caches(server);
    cachesBefore.forEach((k, v) -> caches.merge(k, -v, Double::sum));
    String difference =
        response.isSuccess()
            ? comparison.difference(query, expectedBody, response.body()).orElse("")
            : "HTTP " + response.status() + ": " + shortened(response.body());
    Measurement m =
        new Measurement(
            server.name(),
            round,
            phase,
            difference.isEmpty() ? "" : difference + " [" + query.address() + "]",
            new QueryCost(response.nanos(), cpu, log.since(mark), caches));
    measurements.add(m);
    return m;
  }

  private static double cpu(QueryServer server) {
    return server.pid().isPresent() ? ProcessFigures.cpuSeconds(server.pid().getAsLong()) : 0;
  }

  private static String shortened(String s) {
    return s.length() > 300 ? s.substring(0, 300) + "…" : s;
  }

  /// The cache counters of our gateway; empty for other servers.
  private Map<String, Double> caches(QueryServer server) throws IOException, InterruptedException {
    return server.pid().isPresent() && server.name().equals("lamella")
        ? CacheCounters.of(server.get(client, "/metrics").body())
        : new HashMap<>();
  }

  @Override
  public void close() {
    client.close();
  }
}
