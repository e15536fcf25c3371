package io.lamella.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Just enough of S3's protocol over a directory, on loopback, that our client can list it and read
/// from it. The start-up cache is made with its help: what a process loads and compiles to talk to
/// a bucket is then prepared, which halves the time until a gateway over S3 is ready.
final class LoopbackS3 implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");
  private static final String BUCKET = "demo";

  private final Path directory;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private LoopbackS3(Path directory, HttpServer server) {
    this.directory = directory;
    this.server = server;
  }

  static LoopbackS3 start(Path directory) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    LoopbackS3 out = new LoopbackS3(directory, HttpServer.create(any, 0));
    out.server.createContext("/", out::answer);
    out.server.setExecutor(out.threads);
    out.server.start();
    return out;
  }

  /// The bucket as objstore YAML.
  String yaml() {
    return "type: S3\nconfig:\n  bucket: "
        + BUCKET
        + "\n  endpoint: 127.0.0.1:"
        + server.getAddress().getPort()
        + "\n  insecure: true\n  access_key: demo\n  secret_key: demo\n";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/" + BUCKET) || path.equals("/" + BUCKET + "/")) {
        byte[] xml = listing().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(200, xml.length);
        exchange.getResponseBody().write(xml);
        return;
      }
      Path file = directory.resolve(path.substring(BUCKET.length() + 2)).normalize();
      if (!file.startsWith(directory) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      object(exchange, Files.readAllBytes(file));
    }
  }

  private String listing() throws IOException {
    StringBuilder out = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      for (Path p : files) {
        out.append("<Contents><Key>")
            .append(directory.relativize(p).toString())
            .append("</Key><LastModified>")
            .append(Files.getLastModifiedTime(p))
            .append("</LastModified><ETag>\"1\"</ETag><Size>")
            .append(Files.size(p))
            .append("</Size></Contents>");
      }
    }
    return out.append("</ListBucketResult>").toString();
  }

  private static void object(HttpExchange exchange, byte[] bytes) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"1\"");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher m = RANGE.matcher(range == null ? "" : range);
    if (!m.matches()) {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      return;
    }
    int from;
    int end = bytes.length;
    if (m.group(1).isEmpty()) {
      from = Math.max(0, bytes.length - Integer.parseInt(m.group(2)));
    } else {
      from = Integer.parseInt(m.group(1));
      end = m.group(2).isEmpty() ? end : Math.min(end, Integer.parseInt(m.group(2)) + 1);
    }
    byte[] part = Arrays.copyOfRange(bytes, from, end);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + bytes.length);
    exchange.sendResponseHeaders(206, part.length);
    exchange.getResponseBody().write(part);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
