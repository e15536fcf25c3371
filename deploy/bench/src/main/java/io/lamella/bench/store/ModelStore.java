package io.lamella.bench.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lamella.bench.store.RequestEffect.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An S3 server with path-style addresses over a directory whose sub-directories are the buckets.
/// Signatures are not checked. Each request has its own virtual thread.
public final class ModelStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelStore.class);
  private static final long STALL_NANOS = 5_000_000_000L;

  private final Path root;
  private final FaultModel faultModel;
  private final StoreClock clock;
  private final SharedLink link;
  private final RequestLog log;
  private final Uploads uploads;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, BucketRequests> buckets = new ConcurrentHashMap<>();

  /// A model whose faults follow from a seed.
  ///
  /// @param seed of latencies and faults
  public record SeededModel(StoreModel model, long seed) {}

  private ModelStore(
      Path root, SeededModel model, RequestLog log, InetSocketAddress address, StoreClock clock)
      throws IOException {
    this.root = root;
    this.clock = clock;
    this.faultModel = new FaultModel(model.model(), model.seed());
    this.link = new SharedLink(model.model().bandwidth(), clock);
    this.log = log;
    this.uploads = new Uploads(root.resolve(".uploads"));
    // Without this the JDK's server leaves Nagle's algorithm on, which adds 40 ms to a response
    // with headers and body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // More idle connections than this are closed, and the next request has to reconnect.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "1024");
    this.server = HttpServer.create(address, 1024);
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.createContext("/__stats", this::statistics);
  }

  /// Starts a server.
  ///
  /// @param address port 0 for any free one
  public static ModelStore start(
      Path root, SeededModel model, RequestLog log, InetSocketAddress address) throws IOException {
    return start(root, model, log, address, StoreClock.SYSTEM);
  }

  static ModelStore start(
      Path root, SeededModel model, RequestLog log, InetSocketAddress address, StoreClock clock)
      throws IOException {
    Files.createDirectories(root);
    ModelStore store = new ModelStore(root, model, log, address, clock);
    store.server.start();
    return store;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public RequestLog log() {
    return log;
  }

  /// Thanos objstore YAML for one of the buckets, on one line.
  public String configuration(String bucket) {
    return "{type: S3, config: {bucket: "
        + bucket
        + ", endpoint: \"127.0.0.1:"
        + port()
        + "\", region: us-east-1, insecure: true, access_key: bench, secret_key: benchbench}}";
  }

  /// Responds with the request counts, at a path that is not a valid bucket name.
  private void statistics(HttpExchange http) throws IOException {
    Exchange x = new Exchange(http);
    x.text(200, log.counts().json());
    x.close();
  }

  private void handle(HttpExchange http) {
    log.begin();
    long start = clock.nanoTime();
    Exchange x = new Exchange(http);
    try {
      respond(x, faultModel.next(), start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      failed(x, e);
    } finally {
      x.close();
      log.end(
          new StoreRequest(
              x.method(),
              x.target(),
              x.header("Range"),
              new StoreRequest.StoreResponse(x.status(), x.sent(), start, clock.nanoTime())));
    }
  }

  /// A client that disconnected is logged at DEBUG; anything else is a defect of this server.
  private static void failed(Exchange x, Exception e) {
    if (x.status() != 0) {
      LOG.debug("response aborted target=\"{}\" reason=\"{}\"", x.target(), e.getMessage());
      return;
    }
    LOG.warn("request failed target=\"{}\" reason=\"{}\"", x.target(), e.toString());
    try {
      x.text(500, S3Xml.error("InternalError", String.valueOf(e.getMessage())));
    } catch (IOException closed) {
      e.addSuppressed(closed);
    }
  }

  private void respond(Exchange x, RequestEffect effect, long startNanos)
      throws IOException, InterruptedException {
    clock.await(startNanos + effect.firstByteNanos());
    if (effect.fault() == Fault.STALLED) {
      clock.await(startNanos + STALL_NANOS);
    }
    if (effect.fault() == Fault.UNAVAILABLE) {
      x.text(503, S3Xml.error("SlowDown", "please reduce your request rate"));
      return;
    }
    String path = x.path().substring(1);
    int slash = path.indexOf('/');
    String bucket = slash < 0 ? path : path.substring(0, slash);
    String name = slash < 0 ? "" : path.substring(slash + 1);
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      x.text(400, S3Xml.error("InvalidBucketName", "\"" + bucket + "\" is not a bucket name"));
      return;
    }
    BucketRequests requests = bucket(bucket);
    if (name.isEmpty()) {
      bucketRequest(x, requests);
      return;
    }
    ObjectKey key = new ObjectKey(name);
    switch (x.method()) {
      case "GET", "HEAD" -> requests.get(x, key, effect.fault());
      case "PUT" -> requests.put(x, key);
      case "POST" -> requests.post(x, key);
      case "DELETE" -> requests.delete(x, key);
      default -> x.text(501, S3Xml.error("NotImplemented", x.method()));
    }
  }

  private static void bucketRequest(Exchange x, BucketRequests requests) throws IOException {
    switch (x.method()) {
      case "GET" -> {
        if (x.hasParameter("location")) {
          x.text(200, S3Xml.location());
        } else {
          requests.list(x);
        }
      }
      case "HEAD", "PUT" -> x.empty(200);
      default -> x.text(501, S3Xml.error("NotImplemented", x.method() + " of a bucket"));
    }
  }

  private BucketRequests bucket(String name) throws IOException {
    BucketRequests open = buckets.get(name);
    if (open != null) {
      return open;
    }
    try {
      ObjectStore objects = DirectoryObjectStore.open(root.resolve(name));
      return buckets.computeIfAbsent(name, n -> new BucketRequests(n, objects, link, uploads));
    } catch (ObjectStoreException e) {
      throw new IOException("cannot open bucket " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    log.close();
  }
}
