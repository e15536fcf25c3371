package io.lamella.cli.thanos;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.catalog.BlockSlice;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Real Queriers over the same series: those of gateways, and those of nothing but Thanos' own
/// processes with the same chunks in the same places.
final class QuerierLayouts implements AutoCloseable {
  /// The external label of all series, and its value.
  static final String EXTERNAL = "zcluster";

  static final String VALUE = "a";

  /// In the middle of a block, and for floats between two samples.
  private static final Instant MIDDLE = Instant.parse("2025-01-02T09:13:07.123Z");

  private static final Instant FUTURE = Instant.parse("2100-01-01T00:00:00Z");

  private final Path directory;
  private final List<Runnable> closing = new ArrayList<>();
  private final List<Layout> layouts = new ArrayList<>();
  private int processes;

  /// @param ours a Querier of gateways
  record Layout(String name, ThanosProcess ours, ThanosProcess thanos) {}

  private QuerierLayouts(Path directory) {
    this.directory = directory;
  }

  /// Publishes a recorded set and starts the Queriers.
  static QuerierLayouts open(String set, Path directory) throws Exception {
    QuerierLayouts out = new QuerierLayouts(directory);
    try {
      out.start(set);
      return out;
    } catch (Exception | AssertionError e) {
      out.close();
      throw e;
    }
  }

  List<Layout> all() {
    return List.copyOf(layouts);
  }

  private void start(String set) throws Exception {
    GrpcGateway.publish(set, directory.resolve("bucket"), EXTERNAL, VALUE);
    SourceBuckets.copy(set, directory.resolve("source"), EXTERNAL, VALUE);
    int old = gateway(Instant.EPOCH, MIDDLE).server.port();
    int recent = gateway(MIDDLE, FUTURE).server.port();
    SourceBuckets.write(
        gateway(Instant.EPOCH, FUTURE).series(GrpcGateway.all()),
        directory.resolve("same"),
        EXTERNAL);
    int thanosOld = store(directory.resolve("same"), "--max-time=" + MIDDLE);
    int thanosRecent = store(directory.resolve("same"), "--min-time=" + MIDDLE);
    int source = store(directory.resolve("source"));
    String[] distributed = {"--query.mode=distributed", "--query.promql-engine=thanos"};
    layouts.add(
        new Layout(
            "two slices, streams merged by their order",
            query(List.of(old, recent), "--grpc.proxy-strategy=lazy", "--grpc-compression=snappy"),
            query(List.of(thanosOld, thanosRecent))));
    layouts.add(
        new Layout(
            "two slices beside a store of the source blocks",
            query(List.of(old, recent, source)),
            query(List.of(thanosOld, thanosRecent, source))));
    layouts.add(
        new Layout(
            "distributed over two slices",
            query(List.of(old, recent), distributed),
            query(
                List.of(query(List.of(thanosOld)).grpcPort, query(List.of(thanosRecent)).grpcPort),
                distributed)));
  }

  private ThanosProcess open(ThanosProcess process) {
    closing.add(process::close);
    return process;
  }

  private Path work() {
    return directory.resolve("process" + processes++);
  }

  private int store(Path bucket, String... more) throws Exception {
    return open(ThanosProcess.store(bucket, work(), more)).grpcPort;
  }

  private ThanosProcess query(List<Integer> stores, String... more) throws Exception {
    return open(ThanosProcess.query(work(), stores, more));
  }

  private GrpcGateway gateway(Instant min, Instant max) throws Exception {
    ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
    closing.add(store::close);
    BlockSlice slice = new BlockSlice(_ -> min, _ -> max, List.of(), InstantSource.system());
    GrpcGateway out = GrpcGateway.open(store, ConvertedBlocks.withoutPageCache().withSlice(slice));
    closing.add(out::close);
    return out;
  }

  @Override
  public void close() {
    closing.reversed().forEach(Runnable::run);
  }
}
