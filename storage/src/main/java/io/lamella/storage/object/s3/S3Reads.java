package io.lamella.storage.object.s3;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore.Tail;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectStoreException.Received;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/// The requests that read objects of a bucket. Status, Content-Range, length and ETag are checked
/// before the body is read. A request that receives no byte for a while is cut off; the failure
/// hands out what it had received.
final class S3Reads {
  private static final int READ_BYTES = 64 << 10;

  private final S3Client client;
  private final String bucket;
  private final String store;
  private final StallTimeout stalls;

  /// @param store its name for messages
  S3Reads(S3Client client, String bucket, String store, StallTimeout stalls) {
    this.client = client;
    this.bucket = bucket;
    this.store = store;
    this.stalls = stalls;
  }

  /// A response whose body has the announced number of bytes.
  private record Body(GetObjectResponse head, ByteBuffer bytes) {}

  /// Checks the head of a response before its body is read.
  @FunctionalInterface
  private interface HeadCheck {
    /// @return the version that the bytes belong to
    ObjectVersion check(GetObjectResponse head) throws ObjectStoreException;
  }

  /// The bytes of a body as they arrive; another thread takes what is there when it cuts off the
  /// request.
  private static final class Arrived {
    private volatile byte[] bytes = {};
    private volatile int length;
    private volatile Optional<ObjectVersion> version = Optional.empty();

    Optional<Received> received() {
      int n = length;
      return n == 0
          ? Optional.empty()
          : version.map(v -> new Received(v, ByteBuffer.allocate(n).put(bytes, 0, n).flip()));
    }

    ObjectStoreException.Unavailable failure(String message, Throwable cause) {
      return received()
          .map(r -> ObjectStoreException.Unavailable.after(r, message, cause))
          .orElseGet(() -> new ObjectStoreException.Unavailable(message, cause));
    }
  }

  Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    try {
      return stalls.run(_ -> {
        try {
          HeadObjectResponse r = client.headObject(b -> b.bucket(bucket).key(key.name()));
          if (r.contentLength() == null) {
            throw withoutLength("look at", key);
          }
          return Optional.of(version(key, r.contentLength(), r.eTag()));
        } catch (SdkException e) {
          ObjectStoreException failure = S3Failures.of("look at", key.name(), store, e);
          if (failure instanceof ObjectStoreException.NotFound) {
            return Optional.empty();
          }
          throw failure;
        }
      });
    } catch (StallTimeout.StalledException e) {
      throw S3Failures.stalled("look at", key.name(), store, e);
    } catch (InterruptedException e) {
      throw S3Failures.interrupted("look at", key.name(), store, e);
    }
  }

  private ObjectStoreException withoutLength(String what, ObjectKey key) {
    return new ObjectStoreException.Unavailable(
        "cannot "
            + what
            + " object "
            + key
            + ": the response has no Content-Length [store="
            + store
            + "]",
        null);
  }

  private static ObjectVersion version(
      ObjectKey key, long size, @org.jspecify.annotations.Nullable String etag) {
    return new ObjectVersion(key, size, etag == null ? "" : etag);
  }

  ByteBuffer all(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return get(key, request(key).build(), maxBytes, head -> version(key, 0, head.eTag())).bytes();
  }

  private GetObjectRequest.Builder request(ObjectKey key) {
    return GetObjectRequest.builder().bucket(bucket).key(key.name());
  }

  ByteBuffer range(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    if (range.end() > object.size()) {
      throw new ObjectStoreException.Refused(
          "cannot read object "
              + object.key()
              + " "
              + range
              + ": it has "
              + object.size()
              + " bytes",
          null);
    }
    GetObjectRequest.Builder request =
        request(object.key()).range("bytes=" + range.start() + "-" + (range.end() - 1));
    if (!object.etag().isEmpty()) {
      request.ifMatch(object.etag());
    }
    return get(object.key(), request.build(), range.length(), head -> checked(object, range, head))
        .bytes();
  }

  private static ObjectVersion checked(
      ObjectVersion object, ByteRange range, GetObjectResponse head) throws ObjectStoreException {
    String what = "cannot read object " + object.key() + " " + range;
    ContentRange actual = ContentRange.of(head, object.key());
    boolean contradictsItself =
        actual.start() != range.start()
            || actual.end() - actual.start() != head.contentLength()
            || actual.total() >= 0 && actual.end() > actual.total();
    // For a replaced object the response has the size and bytes of the new version, so the version
    // is compared first.
    if (!contradictsItself && actual.total() >= 0 && actual.total() != object.size()) {
      throw new ObjectStoreException.Changed(
          what + ": it has " + actual.total() + " bytes, expected " + object.size(), null);
    }
    if (contradictsItself || actual.end() != range.end()) {
      throw new ObjectStoreException.Unavailable(
          what + ": the response has [" + actual.start() + ", " + actual.end() + ")", null);
    }
    String etag = head.eTag();
    if (!object.etag().isEmpty() && etag != null && !etag.equals(object.etag())) {
      throw new ObjectStoreException.Changed(
          what + ": etag " + etag + ", expected " + object.etag(), null);
    }
    return version(object.key(), object.size(), etag == null ? object.etag() : etag);
  }

  Tail tail(ObjectKey key, long length) throws ObjectStoreException {
    if (length < 1) {
      throw new IllegalArgumentException("cannot read a tail of " + length + " bytes");
    }
    Body body =
        get(
            key,
            request(key).range("bytes=-" + length).build(),
            length,
            head -> {
              ContentRange actual = ContentRange.of(head, key);
              if (actual.total() < 0
                  || actual.end() != actual.total()
                  || head.contentLength() != Math.min(length, actual.total())) {
                throw new ObjectStoreException.Unavailable(
                    "cannot read object "
                        + key
                        + ": the last "
                        + length
                        + " bytes came as ["
                        + actual.start()
                        + ", "
                        + actual.end()
                        + ") of "
                        + actual.total(),
                    null);
              }
              return version(key, actual.total(), head.eTag());
            });
    ContentRange actual = ContentRange.of(body.head(), key);
    return new Tail(version(key, actual.total(), body.head().eTag()), body.bytes());
  }

  private Body get(ObjectKey key, GetObjectRequest request, long maxBytes, HeadCheck check)
      throws ObjectStoreException {
    Arrived arrived = new Arrived();
    try {
      return stalls.run(progress -> {
        try {
          return client.getObject(
              request,
              ResponseTransformer.unmanaged((head, in) -> {
                try (in) {
                  if (head.contentLength() == null) {
                    throw withoutLength("read", key);
                  }
                  if (head.contentLength() > maxBytes && request.range() == null) {
                    throw new ObjectStoreException.TooLarge(
                        "cannot read object "
                            + key
                            + ": "
                            + head.contentLength()
                            + " bytes, at most "
                            + maxBytes);
                  }
                  arrived.version = Optional.of(check.check(head));
                  read(in, new byte[Math.toIntExact(head.contentLength())], arrived, progress);
                  return new Body(head, ByteBuffer.wrap(arrived.bytes));
                } catch (ObjectStoreException e) {
                  throw e;
                } catch (IOException e) {
                  throw arrived.failure(
                      "cannot read object "
                          + key
                          + ": the body ended after "
                          + arrived.length
                          + " of "
                          + head.contentLength()
                          + " bytes: "
                          + e,
                      e);
                }
              }));
        } catch (SdkException e) {
          throw S3Failures.of("read", key.name(), store, e);
        }
      });
    } catch (StallTimeout.StalledException e) {
      String after = arrived.length == 0 ? "" : " after " + arrived.length + " bytes";
      throw arrived.failure(
          "cannot read object " + key + ": " + e.getMessage() + after + " [store=" + store + "]",
          e);
    } catch (InterruptedException e) {
      throw S3Failures.interrupted("read", key.name(), store, e);
    }
  }

  private static void read(
      InputStream in, byte[] out, Arrived arrived, StallTimeout.Progress progress)
      throws IOException {
    arrived.bytes = out;
    progress.begun();
    int at = 0;
    while (at < out.length) {
      int n = in.read(out, at, Math.min(READ_BYTES, out.length - at));
      if (n < 0) {
        throw new IOException("end of the stream");
      }
      at += n;
      arrived.length = at;
      progress.made(n);
    }
    // The end of the body, so that the connection is known to be free.
    if (in.read() >= 0) {
      throw new IOException("more bytes than announced");
    }
  }
}
