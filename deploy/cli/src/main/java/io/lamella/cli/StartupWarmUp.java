package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs typical queries in a process that has just started, so that the code of a query is loaded
/// and largely compiled before the process says that it is ready. They run while the catalog is
/// read, on a gateway of their own over a small bucket on disk.
///
/// The launcher leaves that bucket beside the start-up cache, and names it in a system property.
final class StartupWarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(StartupWarmUp.class);
  private static final String BUCKET_PROPERTY = "lamella.warm-up";
  private static final int ROUNDS = 1;

  /// More would delay readiness: on two idle cores a process has used about half of this when its
  /// server and its store client are loaded.
  private static final Duration CPU_TIME_PER_PROCESSOR = Duration.ofMillis(1500);

  /// For machines that are so busy that the CPU time is not reached.
  private static final Duration MAX_DURATION = Duration.ofSeconds(3);

  private static final int STATUS_LINE_LENGTH = "HTTP/1.1 200 ".length();

  /// What the queries run through; HTTP always.
  enum Api {
    HTTP,
    GRPC
  }

  private StartupWarmUp() {}

  /// The bucket that the launcher named, if it is there.
  static Optional<Path> bucket() {
    String name = System.getProperty(BUCKET_PROPERTY, "");
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(name)).filter(d -> Files.isDirectory(d.resolve("blocks")));
  }

  /// Runs the queries until they are done or the process has used the CPU time for it.
  ///
  /// @param apis that the process is going to serve
  static void run(Path bucket, Set<Api> apis) {
    long start = System.nanoTime();
    long cpuNanos = CPU_TIME_PER_PROCESSOR.toNanos() * Runtime.getRuntime().availableProcessors();
    int queries =
        run(
            bucket,
            apis,
            () ->
                cpuTime().toNanos() > cpuNanos
                    || System.nanoTime() - start > MAX_DURATION.toNanos());
    LOG.info("warm-up queries={} millis={}", queries, (System.nanoTime() - start) / 1_000_000);
  }

  private static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Runs the queries until they are done or `isOver`. A failure ends it early: it costs nothing
  /// but speed.
  ///
  /// @return the number of queries that succeeded
  static int run(Path bucket, Set<Api> apis, BooleanSupplier isOver) {
    int queries = 0;
    try (ObjectStore store = DirectoryObjectStore.open(bucket);
        Gateway gateway = Gateway.open(store, WarmUp.options());
        ApiServer api =
            gateway.serve(
                ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo(BuildVersion.NUMBER, ""))) {
      for (int round = 0; round < ROUNDS; round++) {
        // They take little time, after which most of an HTTP query is warm as well.
        if (apis.contains(Api.GRPC) && !isOver.getAsBoolean()) {
          try (WarmUpCalls calls = WarmUpCalls.open(gateway)) {
            calls.run(round);
          }
        }
        for (WarmUp.Request r : WarmUp.requests(round)) {
          if (isOver.getAsBoolean()) {
            return queries;
          }
          String status = send(api.port(), r);
          if (!status.equals("HTTP/1.1 200 ")) {
            throw new IOException("status \"" + status.strip() + "\" for " + r.body());
          }
          queries++;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.warn("warm-up ended early queries={} reason=\"{}\"", queries, e.getMessage());
    }
    return queries;
  }

  /// Sends a request and reads the response to its end. A plain socket, because an HTTP client
  /// takes longer to load than the queries to run.
  ///
  /// @return the beginning of the status line, with the status
  private static String send(int port, WarmUp.Request request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      message.writeBytes(
          ("POST "
                  + request.path()
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + (request.isRemote() ? "Accept-Encoding: gzip\r\nVia: 1.1 warm-up\r\n" : "")
                  + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      message.writeBytes(body);
      socket.getOutputStream().write(message.toByteArray());
      byte[] status = socket.getInputStream().readNBytes(STATUS_LINE_LENGTH);
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      return new String(status, StandardCharsets.US_ASCII);
    }
  }
}
