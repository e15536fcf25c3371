package io.lamella.gateway.fetch;

import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.CdnOutcome;
import io.lamella.gateway.process.MonotonicTime;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads ranges of block files from a CDN that mirrors the bucket. Listings, metas and tails are
/// read from the bucket.
///
/// The URL ends in `?etag=` and the ETag that the bucket listed, so a CDN that tells URLs apart by
/// their query never returns its copy of another version. The bucket ignores the parameter. A file
/// whose ETag is unknown is read from the bucket.
///
/// A response is used only with status 206, exactly the requested range, the object's size and its
/// ETag (weak ETags are compared by their text: some CDNs weaken the bucket's). On any other
/// response, or none within the timeout, the range is read from the bucket; after several such
/// failures in a row the CDN is not used for a while ([CircuitBreaker]).
public final class CdnObjectStore extends ForwardingObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(CdnObjectStore.class);
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final String BLOCK_FILES = ".parquet";

  private final Mirror mirror;
  private final HttpClient client;
  private final CircuitBreaker breaker;
  private final FetchMetrics metrics;

  /// A mirror of the bucket.
  ///
  /// @param base URL to which the keys of the store are appended; includes the prefix
  /// @param timeout of a whole response
  public record Mirror(URI base, Duration timeout) {
    public Mirror {
      String scheme = String.valueOf(base.getScheme());
      if (!scheme.equals("https") && !scheme.equals("http") || base.getHost() == null) {
        throw new IllegalArgumentException(
            "cannot use CDN \"" + base + "\": expected https://HOST[/PATH]");
      }
    }

    URI uri(ObjectVersion object) {
      String path =
          Arrays.stream(object.key().name().split("/"))
              .map(Mirror::encoded)
              .collect(Collectors.joining("/"));
      return URI.create(
          base.toString().replaceAll("/+$", "")
              + "/"
              + path
              + "?etag="
              + encoded(bare(object.etag())));
    }

    private static String encoded(String s) {
      return URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20");
    }
  }

  /// Why a response of the CDN was not used.
  private static final class RejectedException extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;
    final CdnOutcome outcome;

    RejectedException(CdnOutcome outcome, String message) {
      super(message);
      this.outcome = outcome;
    }
  }

  public CdnObjectStore(ObjectStore bucket, Mirror mirror, FetchMetrics metrics) {
    this(
        bucket,
        mirror,
        new CircuitBreaker(CircuitBreaker.Thresholds.CDN, new MonotonicTime()),
        metrics);
  }

  CdnObjectStore(ObjectStore bucket, Mirror mirror, CircuitBreaker breaker, FetchMetrics metrics) {
    super(bucket);
    this.mirror = mirror;
    this.breaker = breaker;
    this.metrics = metrics;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(mirror.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    metrics.gauge(
        "lamella_cdn_breaker_open",
        "1 while the CDN is not used because it failed several times in a row, else 0.",
        () -> breaker.isOpen() ? 1 : 0);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    if (!object.key().name().endsWith(BLOCK_FILES) || object.etag().isEmpty()) {
      return store().read(object, range);
    }
    CircuitBreaker.Permit permit = breaker.request();
    if (permit == CircuitBreaker.Permit.NONE) {
      metrics.cdn(CdnOutcome.SKIPPED, 0);
      return store().read(object, range);
    }
    try {
      ByteBuffer bytes = fetch(object, range);
      breaker.succeeded(permit);
      metrics.cdn(CdnOutcome.OK, bytes.remaining());
      return bytes;
    } catch (InterruptedException e) {
      breaker.abandoned(permit);
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Unavailable(
          "cannot read object " + object.key() + " " + range + ": interrupted", e);
    } catch (IOException e) {
      breaker.failed(permit);
      metrics.cdn(e instanceof RejectedException r ? r.outcome : CdnOutcome.ERROR, 0);
      LOG.debug(
          "CDN failed, reading from the bucket object={} range={} reason=\"{}\"",
          object.key(),
          range,
          e.toString());
      return store().read(object, range);
    } catch (RuntimeException | Error e) {
      breaker.abandoned(permit);
      throw e;
    }
  }

  private ByteBuffer fetch(ObjectVersion object, ByteRange range)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(mirror.uri(object))
            .header("Range", "bytes=" + range.start() + "-" + (range.end() - 1))
            .header("Accept-Encoding", "identity")
            .timeout(mirror.timeout())
            .build();
    CompletableFuture<HttpResponse<Optional<ByteBuffer>>> response =
        client.sendAsync(request, body(object, range));
    try {
      HttpResponse<Optional<ByteBuffer>> r =
          response.get(mirror.timeout().toMillis(), TimeUnit.MILLISECONDS);
      check(r.statusCode(), r.headers(), object, range);
      return r.body()
          .orElseThrow(() -> new RejectedException(CdnOutcome.MISMATCH, "no body was read"));
    } catch (TimeoutException e) {
      throw new IOException("no whole response within " + mirror.timeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } finally {
      response.cancel(true);
    }
  }

  /// Reads the body only where status and headers are right.
  private static BodyHandler<Optional<ByteBuffer>> body(ObjectVersion object, ByteRange range) {
    return info -> {
      try {
        check(info.statusCode(), info.headers(), object, range);
      } catch (RejectedException e) {
        return BodySubscribers.replacing(Optional.empty());
      }
      return BodySubscribers.mapping(new ExactBody(Math.toIntExact(range.length())), Optional::of);
    };
  }

  private static void check(int status, HttpHeaders headers, ObjectVersion object, ByteRange range)
      throws RejectedException {
    if (status == 404 || status == 410) {
      throw new RejectedException(CdnOutcome.NOT_FOUND, "status " + status);
    }
    if (status != 206) {
      throw new RejectedException(
          status == 200 ? CdnOutcome.MISMATCH : CdnOutcome.ERROR, "status " + status);
    }
    String actual = headers.firstValue("Content-Range").orElse("");
    Matcher m = CONTENT_RANGE.matcher(actual);
    boolean right =
        m.matches()
            && Long.parseLong(m.group(1)) == range.start()
            && Long.parseLong(m.group(2)) == range.end() - 1
            && (m.group(3).equals("*") || Long.parseLong(m.group(3)) == object.size());
    if (!right) {
      throw new RejectedException(
          CdnOutcome.MISMATCH,
          "Content-Range \"" + actual + "\", expected " + range + " of " + object.size());
    }
    long length = headers.firstValueAsLong("Content-Length").orElse(range.length());
    String etag = headers.firstValue("ETag").orElse("");
    if (length != range.length() || !sameTag(etag, object.etag())) {
      throw new RejectedException(
          CdnOutcome.MISMATCH,
          "length " + length + " and etag " + etag + ", expected " + object.etag());
    }
    if (!headers.firstValue("Content-Encoding").orElse("identity").equals("identity")) {
      throw new RejectedException(CdnOutcome.MISMATCH, "the body is encoded");
    }
  }

  private static boolean sameTag(String actual, String expected) {
    return !actual.isEmpty() && bare(actual).equals(bare(expected));
  }

  private static String bare(String etag) {
    String strong = etag.startsWith("W/") ? etag.substring(2) : etag;
    return strong.replace("\"", "");
  }
}
