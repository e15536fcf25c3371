package io.lamella.bench.run;

import io.lamella.bench.data.SplitMix;
import io.lamella.bench.process.StartedServer;
import io.lamella.bench.query.BenchQuery;
import io.lamella.bench.query.QueryClass;
import io.lamella.bench.query.QueryServer;
import io.lamella.bench.query.SchedulerPlan;
import io.lamella.bench.report.Measurement.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// In which order questions are asked: round by round, class by class, each question of all servers
/// before the next one, another server first each time; cold before warm.
final class Schedule {
  private static final int WARM_UPS = 2;

  private final RunOptions options;
  private final QueryRunner interview;
  private final Asked asked;
  private final Consumer<String> progress;

  Schedule(RunOptions options, QueryRunner interview, Asked asked, Consumer<String> progress) {
    this.options = options;
    this.interview = interview;
    this.asked = asked;
    this.progress = progress;
  }

  /// Who is asked.
  ///
  /// @param servers ours first
  /// @param forgetful ours without a cache of pages, asked in its place where answers shall be cold
  record Asked(List<QueryServer> servers, QueryServer forgetful) {
    Asked {
      servers = List.copyOf(servers);
    }

    List<QueryServer> in(Phase phase) {
      List<QueryServer> out = new ArrayList<>(servers);
      if (phase == Phase.COLD) {
        out.set(0, forgetful);
      }
      return out;
    }

    List<QueryServer> all() {
      List<QueryServer> out = new ArrayList<>(servers);
      out.add(forgetful);
      return out;
    }
  }

  /// Starts a gateway that knows nothing.
  @FunctionalInterface
  interface FreshGateway {
    StartedServer start() throws IOException, InterruptedException;
  }

  void run(FreshGateway fresh) throws IOException, InterruptedException {
    prepare();
    List<BenchQuery> plan = SchedulerPlan.questions(random("plan"), options.size());
    for (int round = 0; round < options.rounds(); round++) {
      progress.accept("round " + (round + 1) + " of " + options.rounds());
      for (QueryClass c : classes()) {
        QueryRunner.Topic topic = new QueryRunner.Topic(c.name(), c.title(), round);
        restarted(c, topic, fresh);
        List<BenchQuery> questions = draw(c, Integer.toString(round), options.draws());
        ask(questions, topic, Phase.COLD);
        ask(questions, topic, Phase.WARM);
        interview.forgetReference();
      }
      QueryRunner.Topic topic = new QueryRunner.Topic(SchedulerPlan.ID, SchedulerPlan.TITLE, round);
      ask(plan, topic, Phase.COLD);
      ask(plan, topic, Phase.WARM);
      interview.forgetReference();
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

  private List<BenchQuery> draw(QueryClass c, String what, int n) {
    SplitMix random = random("draw", c.name(), what);
    List<BenchQuery> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      out.add(c.draw(random, options.size()));
    }
    return out;
  }

  /// Makes the manifests of all blocks known, and code warm. A smoke run has no time for the
  /// latter, and its times do not count.
  private void prepare() throws IOException, InterruptedException {
    long start = options.size().awkwardStartMillis();
    long end = options.size().endMillis();
    BenchQuery everywhere = BenchQuery.range("bench_nowhere", start, end, 86_400_000);
    for (QueryServer s : asked.all()) {
      interview.warmUp(s, everywhere);
      for (QueryClass c : options.isSmoke() ? List.<QueryClass>of() : classes()) {
        for (BenchQuery q : draw(c, "warm-up", WARM_UPS)) {
          interview.warmUp(s, q);
        }
      }
    }
  }

  /// One question of a gateway that was just started. A smoke run starts one only for the first
  /// class.
  private void restarted(QueryClass c, QueryRunner.Topic topic, FreshGateway fresh)
      throws IOException, InterruptedException {
    if (topic.round() >= options.restarts() || options.isSmoke() && c != QueryClass.Q1) {
      return;
    }
    try (StartedServer gateway = fresh.start()) {
      BenchQuery q = draw(c, "restart" + topic.round(), 1).getFirst();
      interview.ask(gateway.server(), q, topic, Phase.RESTART);
    }
  }

  private void ask(List<BenchQuery> questions, QueryRunner.Topic topic, Phase phase)
      throws IOException, InterruptedException {
    List<QueryServer> order = asked.in(phase);
    for (BenchQuery q : questions) {
      if (phase == Phase.WARM) {
        // Others have just been asked, when it was cold.
        interview.warmUp(asked.servers().getFirst(), q);
      }
      for (QueryServer s : order) {
        interview.ask(s, q, topic, phase);
      }
      Collections.rotate(order, 1);
    }
  }
}
