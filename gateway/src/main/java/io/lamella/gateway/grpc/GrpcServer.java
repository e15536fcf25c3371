package io.lamella.gateway.grpc;

import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.lamella.gateway.process.ScheduledTasks;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.Tenants;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The gRPC server: Thanos' services, health and reflection.
public final class GrpcServer implements AutoCloseable {
  /// A Querier pings its connections every 10 s; a server that expects fewer pings drops it.
  private static final Duration MIN_PING_INTERVAL = Duration.ofSeconds(5);

  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_HEADER_BYTES = 64 << 10;

  private final Server server;
  private final List<ExecutorService> threads;
  private final ScheduledTasks healthUpdates = new ScheduledTasks("grpc-health");

  /// Where and how to serve.
  ///
  /// @param port 0 for any free one
  /// @param tls certificates; empty for plain text
  public record GrpcOptions(String host, int port, GrpcLimits limits, Optional<GrpcTls> tls) {
    /// A free port on the loopback interface, in plain text.
    public static final GrpcOptions LOCAL =
        new GrpcOptions("127.0.0.1", 0, GrpcLimits.DEFAULT, Optional.empty());
  }

  /// What clients are granted.
  ///
  /// @param maxRequestBytes of one message
  /// @param maxCallsPerConnection at once
  /// @param maxConnectionAge after which a client has to connect again, so that load spreads over
  ///   new gateways
  /// @param maxStall how long a client may take nothing of a response, and how long it may take to
  ///   send its request
  /// @param clientHeader that names the client, set by a proxy; otherwise a client is an address
  public record GrpcLimits(
      int maxRequestBytes,
      int maxCallsPerConnection,
      Duration maxConnectionAge,
      Duration maxStall,
      Optional<String> clientHeader) {
    public static final GrpcLimits DEFAULT =
        new GrpcLimits(
            16 << 20, 1000, Duration.ofMinutes(60), Duration.ofSeconds(30), Optional.empty());

    public GrpcLimits withMaxStall(Duration maxStall) {
      return new GrpcLimits(
          maxRequestBytes, maxCallsPerConnection, maxConnectionAge, maxStall, clientHeader);
    }
  }

  private GrpcServer(Server server, List<ExecutorService> threads) {
    this.server = server;
    this.threads = threads;
  }

  /// Starts a server.
  ///
  /// @throws IOException where the address is in use or a certificate cannot be read
  public static GrpcServer start(Tenants tenants, Telemetry telemetry, GrpcOptions options)
      throws IOException {
    GrpcLimits limits = options.limits();
    TransportMemory memory = TransportMemory.ofProcess();
    Calls calls =
        new Calls(
            telemetry,
            tenants,
            new Calls.CallLimits(limits.maxStall(), limits.clientHeader()),
            memory);
    HealthStatusManager health = new HealthStatusManager();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("grpc-requests").factory());
    // Nearly all timers are cancelled; none is kept until its time.
    timer.setRemoveOnCancelPolicy(true);
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(new io.grpc.Codec.Gzip());
    compressors.register(new SnappyCodec());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(options.host(), options.port()))
            .executor(threads)
            .maxInboundMessageSize(limits.maxRequestBytes())
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(limits.maxCallsPerConnection())
            .maxConnectionAge(limits.maxConnectionAge().toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(MIN_PING_INTERVAL.toSeconds(), TimeUnit.SECONDS)
            .compressorRegistry(compressors)
            .decompressorRegistry(
                DecompressorRegistry.getDefaultInstance().with(new SnappyCodec(), true))
            .addStreamTracerFactory(
                CallStream.factory(memory, new CallStream.RequestTimeout(timer, limits.maxStall())))
            .intercept(calls)
            .addService(Services.info(new InfoCalls(tenants, calls)))
            .addService(Services.store(new StoreCalls(calls)))
            .addService(Services.query(new QueryCalls(calls, InstantSource.system())))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection());
    ScheduledExecutorService reload =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("grpc-certificates").factory());
    GrpcServer out;
    try {
      if (options.tls().isPresent()) {
        builder.sslContext(options.tls().get().context(reload));
      }
      out = new GrpcServer(builder.build().start(), List.of(threads, reload, timer));
    } catch (IOException | RuntimeException e) {
      reload.shutdownNow();
      timer.shutdownNow();
      throw e;
    }
    Runnable update =
        () ->
            health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                telemetry.readiness().obstacle().isEmpty()
                    ? ServingStatus.SERVING
                    : ServingStatus.NOT_SERVING);
    update.run();
    out.healthUpdates.repeat(HEALTH_INTERVAL, "health of the gRPC server", update::run);
    return out;
  }

  /// Reflection as clients of before its version 1 ask for it.
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  public int port() {
    return server.getPort();
  }

  /// Accepts no more calls; those that run go on.
  public void drain() {
    server.shutdown();
  }

  /// Cuts off all calls and ends.
  @Override
  public void close() {
    healthUpdates.close();
    server.shutdownNow();
    threads.forEach(ExecutorService::shutdownNow);
  }
}
