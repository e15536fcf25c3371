package io.lamella.bench.run;

import io.lamella.bench.data.DataSet;
import io.lamella.bench.process.LamellaProcess;
import io.lamella.bench.process.PrometheusProcess;
import io.lamella.bench.process.StartedServer;
import io.lamella.bench.query.QueryServer;
import io.lamella.bench.reference.ReferenceServer;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Report;
import io.lamella.bench.report.ResultRow;
import io.lamella.bench.store.ModelStore;
import io.lamella.bench.store.RequestLog;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A run: data, store, conversion, servers, questions, report.
public final class BenchRun {
  private static final String SOURCE_BUCKET = "thanos";
  private static final String TARGET_BUCKET = "lamella";

  private final RunOptions options;
  private final Consumer<String> progress;
  private final Path logs;

  private BenchRun(RunOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
    this.logs = options.out().resolve("logs");
  }

  /// Runs everything.
  ///
  /// @param progress takes a line now and then
  public static Report run(RunOptions options, Consumer<String> progress)
      throws IOException, InterruptedException {
    return new BenchRun(options, progress).run();
  }

  private Report run() throws IOException, InterruptedException {
    claim(options.out());
    DirectoryTree.delete(logs);
    Files.createDirectories(logs);
    String name = options.size().name() + "-" + options.seed();
    DataSet data =
        DataSet.in(options.out().resolve("data-" + name), options.size(), options.seed(), progress);
    Path buckets = options.out().resolve("store-" + name);
    DirectoryTree.delete(buckets);
    PrometheusProcess.link(data.blocks(), Files.createDirectories(buckets).resolve(SOURCE_BUCKET));
    try (ModelStore store =
        ModelStore.start(
            buckets,
            options.model(),
            options.seed(),
            RequestLog.keptAndWritten(logs.resolve("store.trace")),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      Report.Conversion conversion = convert(data, store, buckets);
      try (ReferenceServer reference =
          ReferenceServer.start(data.blocks(), Set.of(DataSet.REPLICA_LABEL))) {
        return ask(data, store, conversion, reference);
      }
    }
  }

  /// Takes a directory that is new, empty or was taken before; files of others are not touched.
  private static void claim(Path directory) throws IOException {
    Path mark = directory.resolve(".lamella-bench");
    Files.createDirectories(directory);
    try (Stream<Path> all = Files.list(directory)) {
      if (!Files.exists(mark) && all.findAny().isPresent()) {
        throw new IOException(
            "cannot run in "
                + directory
                + ": it holds something else; name an empty or a new directory");
      }
    }
    Files.write(mark, new byte[0]);
  }

  private Report.Conversion convert(DataSet data, ModelStore store, Path buckets)
      throws IOException, InterruptedException {
    Path work = Files.createDirectories(options.out().resolve("work"));
    LamellaProcess.Cost cost =
        LamellaProcess.convert(
            store.configuration(SOURCE_BUCKET),
            store.configuration(TARGET_BUCKET),
            DataSet.REPLICA_LABEL,
            work,
            logs.resolve("convert.log"));
    double perSecond = data.counts().samples() / cost.seconds();
    progress.accept(
        String.format(
            "converted: %.1f s, %,.0f samples/s, %d MiB resident at most",
            cost.seconds(), perSecond, cost.peakBytes() >> 20));
    return new Report.Conversion(
        cost.seconds(),
        perSecond,
        cost.cpuSeconds(),
        cost.peakBytes(),
        bytes(data.blocks()),
        bytes(buckets.resolve(TARGET_BUCKET)));
  }

  private static long bytes(Path directory) throws IOException {
    long sum = 0;
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path p : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        sum += Files.size(p);
      }
    }
    return sum;
  }

  private Report ask(
      DataSet data, ModelStore store, Report.Conversion conversion, ReferenceServer direct)
      throws IOException, InterruptedException {
    Map<String, String> absent = new TreeMap<>();
    List<StartedServer> started = new ArrayList<>();
    try {
      StartedServer gateway = gateway(store, List.of());
      started.add(gateway);
      // Keeps manifests and no page: whatever it is asked, it reads all that it needs.
      StartedServer forgetful = gateway(store, List.of("--cache.memory-size", "0"));
      started.add(forgetful);
      List<QueryServer> servers = new ArrayList<>(List.of(gateway.server()));
      QueryServer reference = new QueryServer("reference", direct.url(), OptionalLong.empty());
      if (options.prometheus().isPresent()) {
        Path binary = options.prometheus().get();
        try {
          StartedServer prometheus =
              PrometheusProcess.start(
                  binary,
                  data.blocks(),
                  options.out().resolve("prometheus"),
                  logs.resolve("prometheus.log"));
          started.add(prometheus);
          servers.add(prometheus.server());
          if (isRecent(prometheus.server())) {
            reference = prometheus.server();
          }
        } catch (IOException e) {
          absent.put("prometheus", String.valueOf(e.getMessage()));
        }
      } else {
        absent.put("prometheus", "no binary is given");
      }
      servers.addAll(peers(absent));
      progress.accept("answers are compared with: " + reference.name());
      List<Measurement> all;
      Set<String> answered;
      try (QueryRunner interview =
          new QueryRunner(reference, Set.of(DataSet.CLUSTER_LABEL), store.log())) {
        new Schedule(options, interview, new Schedule.Asked(servers, forgetful.server()), progress)
            .run(() -> gateway(store, List.of()));
        all = interview.measurements();
        answered = interview.answered();
      }
      Map<String, Report.Server> described = new TreeMap<>();
      for (QueryServer s : servers) {
        described.put(s.name(), new Report.Server(s.url(), 0, 0));
      }
      for (StartedServer s : started) {
        described.put(
            s == forgetful ? "lamella, cold" : s.server().name(),
            new Report.Server(s.server().url(), s.readyMillis(), s.peakBytes()));
      }
      return new Report(
          data,
          options.model().name(),
          options.rounds(),
          conversion,
          described,
          absent,
          ResultRow.of(all),
          RunVerdict.failures(options, all, answered));
    } finally {
      started.forEach(StartedServer::close);
    }
  }

  /// A gateway in a new process with empty caches. For the smoke run slow reads are not asked
  /// twice, so that GETs can be counted.
  private StartedServer gateway(ModelStore store, List<String> flags)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(flags);
    if (options.isSmoke()) {
      all.addAll(List.of("--store.hedge-max-share", "0"));
    }
    return LamellaProcess.serve(
        store.configuration(TARGET_BUCKET), all, logs.resolve("gateway.log"));
  }

  /// Those that answer; the others are named as absent.
  private List<QueryServer> peers(Map<String, String> absent) throws InterruptedException {
    List<QueryServer> out = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (Map.Entry<String, String> p : new TreeMap<>(options.peers()).entrySet()) {
        String url = p.getValue().replaceAll("/+$", "");
        QueryServer peer = new QueryServer(p.getKey(), url, OptionalLong.empty());
        try {
          QueryServer.Reply reply = peer.get(client, "/api/v1/query?query=1");
          if (reply.isSuccess()) {
            out.add(peer);
          } else {
            absent.put(p.getKey(), "HTTP " + reply.status() + " from " + p.getValue());
          }
        } catch (IOException | IllegalArgumentException e) {
          absent.put(p.getKey(), "no answer from " + p.getValue());
        }
      }
    }
    return out;
  }

  /// Prometheus 2 has closed range selectors and knows no UTF-8 names, so its answers are no
  /// reference; it is measured all the same.
  private static boolean isRecent(QueryServer server) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String build = server.get(client, "/api/v1/status/buildinfo").body();
      return !build.contains("\"version\":\"2.") && !build.contains("\"version\":\"1.");
    }
  }
}
