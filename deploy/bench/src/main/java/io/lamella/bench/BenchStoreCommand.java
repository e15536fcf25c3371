package io.lamella.bench;

import io.lamella.bench.store.ModelStore;
import io.lamella.bench.store.RequestLog;
import io.lamella.bench.store.StoreModel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lamella bench store`.
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    description =
        "Serves a directory over the S3 protocol with the latencies and faults of a model; its sub-directories are the buckets. /__stats shows request counts.")
public final class BenchStoreCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--root",
      required = true,
      paramLabel = "DIR",
      description = "Directory to serve.")
  private String root = "";

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Address to serve on (default ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:9500";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "none, r2-like, s3-near, far or faulty (default ${DEFAULT-VALUE}).")
  private String model = "r2-like";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of latencies and faults (default ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Logs each request: start and duration in µs, method, target, range, status, bytes.")
  private String trace = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    InetSocketAddress address = address();
    StoreModel storeModel;
    try {
      storeModel = StoreModel.of(model);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    RequestLog log = trace.isEmpty() ? RequestLog.countsOnly() : RequestLog.toFile(Path.of(trace));
    try (ModelStore store =
        ModelStore.start(
            Path.of(root), new ModelStore.SeededModel(storeModel, seed), log, address)) {
      spec.commandLine()
          .getOut()
          .println("serving " + root + " as " + model + " on port " + store.port());
      spec.commandLine().getOut().flush();
      Thread.currentThread().join();
    }
    return 0;
  }

  private InetSocketAddress address() {
    int colon = listen.lastIndexOf(':');
    try {
      String host = colon < 1 ? "127.0.0.1" : listen.substring(0, colon);
      return new InetSocketAddress(host, Integer.parseInt(listen.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot listen on \"" + listen + "\": expected HOST:PORT", e);
    }
  }
}
