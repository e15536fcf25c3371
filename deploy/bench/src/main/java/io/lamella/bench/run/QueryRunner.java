package io.lamella.bench.run;

import io.lamella.bench.process.ProcessFigures;
import io.lamella.bench.query.AnswerComparison;
import io.lamella.bench.query.BenchQuery;
import io.lamella.bench.query.QueryServer;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Measurement.Phase;
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

/// Asks servers one question at a time, compares each answer with the reference's and keeps what it
/// took. While one is asked the store is its alone, so the store's log tells what it read.
final class QueryRunner implements AutoCloseable {
  private static final Duration QUIET = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private final QueryServer reference;
  private final AnswerComparison comparison;
  private final RequestLog log;
  private final List<Measurement> measurements = new ArrayList<>();
  private final Map<BenchQuery, String> expected = new HashMap<>();
  private final Set<String> answered = new HashSet<>();

  QueryRunner(QueryServer reference, Set<String> ignoredLabels, RequestLog log) {
    this.reference = reference;
    this.comparison = new AnswerComparison(ignoredLabels);
    this.log = log;
  }

  /// What is asked, as it stands in the results.
  record Topic(String queryClass, String title, int round) {}

  List<Measurement> measurements() {
    return measurements;
  }

  /// Classes with an answer that was not empty.
  Set<String> answered() {
    return answered;
  }

  /// Forgets the reference's answers; they may be large.
  void forgetReference() {
    expected.clear();
  }

  private String expected(BenchQuery q) throws IOException, InterruptedException {
    String known = expected.get(q);
    if (known == null) {
      QueryServer.Reply reply = reference.ask(client, q);
      if (!reply.isSuccess()) {
        throw new IOException(
            "cannot ask the reference " + q.address() + ": " + shortened(reply.body()));
      }
      known = reply.body();
      expected.put(q, known);
    }
    return known;
  }

  /// Asks without keeping anything.
  void warmUp(QueryServer server, BenchQuery question) throws IOException, InterruptedException {
    server.ask(client, question);
    log.awaitQuiet(QUIET);
  }

  Measurement ask(QueryServer server, BenchQuery question, Topic topic, Phase phase)
      throws IOException, InterruptedException {
    String want = expected(question);
    if (!want.contains("\"result\":[]") && !want.contains("\"data\":[]")) {
      answered.add(topic.queryClass());
    }
    Map<String, Double> cachesBefore = caches(server);
    double cpuBefore = cpu(server);
    log.awaitQuiet(QUIET);
    int mark = log.mark();
    QueryServer.Reply reply = server.ask(client, question);
    double cpu = cpu(server) - cpuBefore;
    // A read that lost against its second request still ends, and costs.
    log.awaitQuiet(QUIET);
    Map<String, Double> caches = caches(server);
    cachesBefore.forEach((k, v) -> caches.merge(k, -v, Double::sum));
    String difference =
        reply.isSuccess()
            ? comparison.difference(want, reply.body()).orElse("")
            : "HTTP " + reply.status() + ": " + shortened(reply.body());
    Measurement m =
        new Measurement(
            server.name(),
            topic.queryClass(),
            topic.title(),
            phase,
            topic.round(),
            reply.nanos(),
            difference.isEmpty() ? "" : difference + " [" + question.address() + "]",
            log.since(mark),
            cpu,
            caches);
    measurements.add(m);
    return m;
  }

  private static double cpu(QueryServer server) {
    return server.pid().isPresent() ? ProcessFigures.cpuSeconds(server.pid().getAsLong()) : 0;
  }

  private static String shortened(String s) {
    return s.length() > 300 ? s.substring(0, 300) + "…" : s;
  }

  /// The counters of our caches; another server has none.
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
