package io.lamella.bench.run;

import io.lamella.bench.data.SplitMix;
import io.lamella.bench.process.StartedServer;
import io.lamella.bench.query.BenchQuery;
import io.lamella.bench.query.QueryClass;
import io.lamella.bench.query.QueryServer;
import io.lamella.bench.query.SchedulerPlan;
import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.report.Measurement.QueryRound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// The order of queries: round by round, class by class, cold before warm. Each query goes to all
/// servers before the next query, and each time to another server first.
final class Schedule {
  private static final int WARM_UPS = 2;

  private final RunOptions options;
  private final QueryRunner runner;
  private final MeasuredServers servers;
  private final Consumer<String> progress;

  Schedule(
      RunOptions options, QueryRunner runner, MeasuredServers servers, Consumer<String> progress) {
    this.options = options;
    this.runner = runner;
    this.servers = servers;
    this.progress = progress;
  }

  /// The servers to measure.
  ///
  /// @param servers all servers, our gateway first
  /// @param uncached our gateway without a page cache, which takes the first server's place in the
  ///   phase `COLD`
  record MeasuredServers(List<QueryServer> servers, QueryServer uncached) {
    MeasuredServers {
      servers = List.copyOf(servers);
    }

    List<QueryServer> in(Phase phase) {
      List<QueryServer> out = new ArrayList<>(servers);
      if (phase == Phase.COLD) {
        out.set(0, uncached);
      }
      return out;
    }

    List<QueryServer> all() {
      List<QueryServer> out = new ArrayList<>(servers);
      out.add(uncached);
      return out;
    }
  }

  /// Starts a gateway with empty caches.
  @FunctionalInterface
  interface GatewayStarter {
    StartedServer start() throws IOException, InterruptedException;
  }

  void run(GatewayStarter starter) throws IOException, InterruptedException {
    prepare();
    List<BenchQuery> plan = SchedulerPlan.queries(random("plan"), options.size());
    for (int round = 0; round < options.repetitions().rounds(); round++) {
      progress.accept("round " + (round + 1) + " of " + options.repetitions().rounds());
      for (QueryClass c : classes()) {
        QueryRound queryRound = new QueryRound(c.name(), c.title(), round);
        restarted(c, queryRound, starter);
        List<BenchQuery> queries =
            generate(c, Integer.toString(round), options.repetitions().queries());
        measure(queries, queryRound, Phase.COLD);
        measure(queries, queryRound, Phase.WARM);
        runner.clearExpected();
      }
      QueryRound queryRound = new QueryRound(SchedulerPlan.ID, SchedulerPlan.TITLE, round);
      measure(plan, queryRound, Phase.COLD);
      measure(plan, queryRound, Phase.WARM);
      runner.clearExpected();
    }
  }

  private List<QueryClass> classes() {
    List<QueryClass> out = new ArrayList<>();
    for (QueryClass c : QueryClass.values()) {
      if (c.runs(options.size())) {
        out.add(c);
      }
    }
    return out;
  }

  private SplitMix random(Object... part) {
    return SplitMix.of(options.seed(), part);
  }

  private List<BenchQuery> generate(QueryClass c, String what, int n) {
    // "draw" is part of the seed, so changing it changes the queries.
    SplitMix random = random("draw", c.name(), what);
    List<BenchQuery> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      out.add(c.query(random, options.size()));
    }
    return out;
  }

  /// Loads the manifests of all blocks, and runs queries until the code is compiled. A smoke run
  /// skips the latter, because its times do not count.
  private void prepare() throws IOException, InterruptedException {
    long start = options.size().edgeCaseStartMillis();
    long end = options.size().endMillis();
    BenchQuery everywhere = BenchQuery.range("bench_nowhere", start, end, 86_400_000);
    for (QueryServer s : servers.all()) {
      runner.warmUp(s, everywhere);
      for (QueryClass c : options.isSmoke() ? List.<QueryClass>of() : classes()) {
        for (BenchQuery q : generate(c, "warm-up", WARM_UPS)) {
          runner.warmUp(s, q);
        }
      }
    }
  }

  /// Sends one query to a gateway that was just started. A smoke run does so for the first class
  /// only.
  private void restarted(QueryClass c, QueryRound queryRound, GatewayStarter starter)
      throws IOException, InterruptedException {
    if (queryRound.round() >= options.repetitions().restarts()
        || options.isSmoke() && c != QueryClass.Q1) {
      return;
    }
    try (StartedServer gateway = starter.start()) {
      BenchQuery q = generate(c, "restart" + queryRound.round(), 1).getFirst();
      runner.measure(gateway.server(), q, queryRound, Phase.RESTART);
    }
  }

  private void measure(List<BenchQuery> queries, QueryRound queryRound, Phase phase)
      throws IOException, InterruptedException {
    List<QueryServer> order = servers.in(phase);
    for (BenchQuery q : queries) {
      if (phase == Phase.WARM) {
        // The other servers have just run this query in the phase COLD.
        runner.warmUp(servers.servers().getFirst(), q);
      }
      for (QueryServer s : order) {
        runner.measure(s, q, queryRound, phase);
      }
      Collections.rotate(order, 1);
    }
  }
}
