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

/// A run: data, store, conversion, servers, queries, report.
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
  /// @param progress receives a line of text for each step
  public static Report run(RunOptions options, Consumer<String> progress)
      throws IOException, InterruptedException {
    return new BenchRun(options, progress).run();
  }

  private Report run() throws IOException, InterruptedException {
    markDirectory(options.out());
    DirectoryTree.delete(logs);
    Files.createDirectories(logs);
    String name = options.size().name() + "-" + options.seed();
    DataSet data =
        DataSet.reuseOrGenerate(
            options.out().resolve("data-" + name), options.size(), options.seed(), progress);
    Path buckets = options.out().resolve("store-" + name);
    DirectoryTree.delete(buckets);
    PrometheusProcess.link(data.blocks(), Files.createDirectories(buckets).resolve(SOURCE_BUCKET));
    try (ModelStore store =
        ModelStore.start(
            buckets,
            options.model(),
            RequestLog.inMemoryAndFile(logs.resolve("store.trace")),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      Report.ConversionFigures conversion = convert(data, store, buckets);
      try (ReferenceServer reference =
          ReferenceServer.start(data.blocks(), Set.of(DataSet.REPLICA_LABEL))) {
        return measure(data, store, conversion, reference);
      }
    }
  }

  /// Marks a directory that is new, empty or was marked before; refuses a directory with other
  /// files.
  private static void markDirectory(Path directory) throws IOException {
    Path mark = directory.resolve(".lamella-bench");
    Files.createDirectories(directory);
    try (Stream<Path> all = Files.list(directory)) {
      if (!Files.exists(mark) && all.findAny().isPresent()) {
        throw new IOException(
            "cannot run in "
                + directory
                + ": it holds other files; name an empty or a new directory");
      }
    }
    Files.write(mark, new byte[0]);
  }

  private Report.ConversionFigures convert(DataSet data, ModelStore store, Path buckets)
      throws IOException, InterruptedException {
    Path work = Files.createDirectories(options.out().resolve("work"));
    LamellaProcess.ConversionCost cost =
        LamellaProcess.convert(
            store.configuration(SOURCE_BUCKET),
            store.configuration(TARGET_BUCKET),
            DataSet.REPLICA_LABEL,
            work,
            logs.resolve("convert.log"));
    Report.ConversionFigures figures =
        new Report.ConversionFigures(
            cost,
            data.counts().samples(),
            bytes(data.blocks()),
            bytes(buckets.resolve(TARGET_BUCKET)));
    progress.accept(
        String.format(
            "converted: %.1f s, %,.0f samples/s, %d MiB peak resident memory",
            cost.seconds(), figures.samplesPerSecond(), cost.peakBytes() >> 20));
    return figures;
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

  private Report measure(
      DataSet data,
      ModelStore store,
      Report.ConversionFigures conversion,
      ReferenceServer tsdbReference)
      throws IOException, InterruptedException {
    Map<String, String> absent = new TreeMap<>();
    List<StartedServer> started = new ArrayList<>();
    try {
      StartedServer gateway = gateway(store, List.of());
      started.add(gateway);
      // Caches manifests and no pages, so every query reads all pages that it needs.
      StartedServer uncached = gateway(store, List.of("--cache.memory-size", "0"));
      started.add(uncached);
      List<QueryServer> servers = new ArrayList<>(List.of(gateway.server()));
      QueryServer reference =
          new QueryServer("reference", tsdbReference.url(), OptionalLong.empty());
      if (options.others().prometheus().isPresent()) {
        Path binary = options.others().prometheus().get();
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
      progress.accept("reference: " + reference.name());
      List<Measurement> all;
      Set<String> classesWithResults;
      try (QueryRunner runner =
          new QueryRunner(reference, Set.of(DataSet.CLUSTER_LABEL), store.log())) {
        new Schedule(
                options, runner, new Schedule.MeasuredServers(servers, uncached.server()), progress)
            .run(() -> gateway(store, List.of()));
        all = runner.measurements();
        classesWithResults = runner.classesWithResults();
      }
      Map<String, Report.ServerFigures> figures = new TreeMap<>();
      for (QueryServer s : servers) {
        figures.put(s.name(), new Report.ServerFigures(s.url(), 0, 0));
      }
      for (StartedServer s : started) {
        figures.put(
            s == uncached ? "lamella, cold" : s.server().name(),
            new Report.ServerFigures(s.server().url(), s.readyMillis(), s.peakBytes()));
      }
      return new Report(
          new Report.Run(data, options.model().model().name(), options.repetitions().rounds()),
          conversion,
          new Report.Servers(figures, absent),
          ResultRow.of(all),
          RunVerdict.failures(options, all, classesWithResults));
    } finally {
      started.forEach(StartedServer::close);
    }
  }

  /// Starts a gateway in a new process with empty caches. A smoke run has no hedged requests, so
  /// that the number of GETs is exact.
  private StartedServer gateway(ModelStore store, List<String> flags)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(flags);
    if (options.isSmoke()) {
      all.addAll(List.of("--store.hedge-max-share", "0"));
    }
    return LamellaProcess.serve(
        store.configuration(TARGET_BUCKET), all, logs.resolve("gateway.log"));
  }

  /// The peers that respond; the others are added to `absent`.
  private List<QueryServer> peers(Map<String, String> absent) throws InterruptedException {
    List<QueryServer> out = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (Map.Entry<String, String> p : new TreeMap<>(options.others().peers()).entrySet()) {
        String url = p.getValue().replaceAll("/+$", "");
        QueryServer peer = new QueryServer(p.getKey(), url, OptionalLong.empty());
        try {
          QueryServer.QueryResponse response = peer.get(client, "/api/v1/query?query=1");
          if (response.isSuccess()) {
            out.add(peer);
          } else {
            absent.put(p.getKey(), "HTTP " + response.status() + " from " + p.getValue());
          }
        } catch (IOException | IllegalArgumentException e) {
          absent.put(p.getKey(), "no response from " + p.getValue());
        }
      }
    }
    return out;
  }

  /// Prometheus 2 has closed range selectors and no UTF-8 names, so it is measured but is not the
  /// reference.
  private static boolean isRecent(QueryServer server) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String build = server.get(client, "/api/v1/status/buildinfo").body();
      return !build.contains("\"version\":\"2.") && !build.contains("\"version\":\"1.");
    }
  }
}
