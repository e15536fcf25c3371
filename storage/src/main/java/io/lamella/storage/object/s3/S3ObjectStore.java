package io.lamella.storage.object.s3;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket that is accessed with the S3 protocol.
public final class S3ObjectStore implements ObjectStore {
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final String REPLACEABLE = "no-cache";
  private static final int MAX_PARTS = 10_000;

  private final LongAdder connections = new LongAdder();
  private final S3Client client;
  private final S3Settings settings;
  private final StallTimeout listings;
  private final S3Reads reads;

  private S3ObjectStore(S3Settings settings) {
    this.client = S3Clients.open(settings, connections);
    this.settings = settings;
    this.listings = new StallTimeout(settings.http().stallOfListings(), longestStall(settings));
    this.reads =
        new S3Reads(
            client,
            bucket(),
            description(),
            new StallTimeout(settings.http().stallOfReads(), longestStall(settings)));
  }

  private static Duration longestStall(S3Settings settings) {
    return settings.http().responseTimeout();
  }

  /// Creates a client; sends no request yet.
  ///
  /// @throws IllegalArgumentException where the settings contradict themselves or name unreadable
  ///   certificates
  public static S3ObjectStore open(S3Settings settings) {
    return new S3ObjectStore(settings);
  }

  @Override
  public long openedConnections() {
    return connections.sum();
  }

  private String bucket() {
    return settings.bucket();
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    ListObjectsV2Response page = page(b -> b.prefix(prefix), token);
    List<ObjectEntry> entries = new ArrayList<>(page.contents().size());
    for (S3Object o : page.contents()) {
      if (o.key() == null || o.size() == null || o.size() < 0 || o.lastModified() == null) {
        throw new ObjectStoreException.Unavailable(
            "cannot list object \""
                + prefix
                + "\": an entry has Key "
                + o.key()
                + ", Size "
                + o.size()
                + " and LastModified "
                + o.lastModified()
                + ", expected all three [store="
                + description()
                + "]",
            null);
      }
      if (isNameable(o.key())) {
        ObjectVersion version =
            new ObjectVersion(new ObjectKey(o.key()), o.size(), o.eTag() == null ? "" : o.eTag());
        entries.add(new ObjectEntry(version, o.lastModified()));
      }
    }
    return new Page<>(entries, next(page));
  }

  /// False for keys that are not valid as [ObjectKey], which consoles and other tools may create:
  /// "directories" that end in a slash, empty segments.
  private static boolean isNameable(String key) {
    String k = "/" + key + "/";
    return !k.contains("//") && !k.contains("/./") && !k.contains("/../");
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    ListObjectsV2Response page = page(b -> b.prefix(prefix).delimiter("/"), token);
    return new Page<>(
        page.commonPrefixes().stream().map(CommonPrefix::prefix).filter(Objects::nonNull).toList(),
        next(page));
  }

  private ListObjectsV2Response page(Consumer<ListObjectsV2Request.Builder> what, String token)
      throws ObjectStoreException {
    ListObjectsV2Request.Builder request = ListObjectsV2Request.builder().bucket(bucket());
    what.accept(request);
    if (!token.isEmpty()) {
      request.continuationToken(token);
    }
    ListObjectsV2Request built = request.build();
    String listed = "\"" + built.prefix() + "\"";
    try {
      return listings.run(_ -> {
        try {
          return client.listObjectsV2(built);
        } catch (SdkException e) {
          throw S3Failures.of("list", listed, description(), e);
        }
      });
    } catch (StallTimeout.StalledException e) {
      throw S3Failures.stalled("list", listed, description(), e);
    } catch (InterruptedException e) {
      throw S3Failures.interrupted("list", listed, description(), e);
    }
  }

  private static Optional<String> next(ListObjectsV2Response page) {
    return Boolean.TRUE.equals(page.isTruncated())
        ? Optional.ofNullable(page.nextContinuationToken())
        : Optional.empty();
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return reads.head(key);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return reads.all(key, maxBytes);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return reads.range(object, range);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return reads.tail(key, length);
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    try {
      var r =
          client.putObject(
              b -> b.bucket(bucket()).key(key.name()).cacheControl(REPLACEABLE),
              RequestBody.fromRemainingByteBuffer(bytes));
      return new ObjectVersion(key, bytes.remaining(), r.eTag() == null ? "" : r.eTag());
    } catch (SdkException e) {
      throw S3Failures.of("write", key.name(), description(), e);
    }
  }

  /// What a put of a file does where there is an object.
  private enum Existing {
    REPLACED,
    KEPT
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    try {
      return put(key, file, Existing.REPLACED);
    } catch (SdkException e) {
      throw S3Failures.of("write", key.name(), description(), e);
    }
  }

  /// @throws SdkException where the store refuses it
  private ObjectVersion put(ObjectKey key, Path file, Existing existing)
      throws ObjectStoreException {
    try {
      long size = Files.size(file);
      if (size > settings.partBytes()) {
        return putParts(key, file, size, existing);
      }
      var r =
          client.putObject(
              b -> {
                b.bucket(bucket()).key(key.name()).cacheControl(IMMUTABLE);
                if (existing == Existing.KEPT) {
                  b.ifNoneMatch("*");
                }
              },
              RequestBody.fromFile(file));
      return new ObjectVersion(key, size, r.eTag() == null ? "" : r.eTag());
    } catch (ObjectStoreException e) {
      throw e;
    } catch (IOException e) {
      throw new ObjectStoreException.Refused(
          "cannot write object " + key + ": cannot read " + file + ": " + e, e);
    }
  }

  /// All parts except the last have the same size, as R2 requires.
  private ObjectVersion putParts(ObjectKey key, Path file, long size, Existing existing)
      throws IOException {
    long part = Math.max(settings.partBytes(), (size + MAX_PARTS - 1) / MAX_PARTS);
    String upload =
        client
            .createMultipartUpload(b -> b.bucket(bucket()).key(key.name()).cacheControl(IMMUTABLE))
            .uploadId();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      List<CompletedPart> parts = new ArrayList<>();
      for (long at = 0; at < size; at += part) {
        int number = parts.size() + 1;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Math.min(part, size - at)));
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {}
        bytes.flip();
        var r =
            client.uploadPart(
                b -> b.bucket(bucket()).key(key.name()).uploadId(upload).partNumber(number),
                RequestBody.fromRemainingByteBuffer(bytes));
        parts.add(CompletedPart.builder().partNumber(number).eTag(r.eTag()).build());
      }
      var r =
          client.completeMultipartUpload(b -> {
            b.bucket(bucket())
                .key(key.name())
                .uploadId(upload)
                .multipartUpload(m -> m.parts(parts));
            if (existing == Existing.KEPT) {
              b.ifNoneMatch("*");
            }
          });
      return new ObjectVersion(key, size, r.eTag() == null ? "" : r.eTag());
    } catch (SdkException | IOException e) {
      abort(key, upload, e);
      throw e;
    }
  }

  /// Aborts an upload, so that its parts are deleted.
  private void abort(ObjectKey key, String upload, Exception cause) {
    try {
      client.abortMultipartUpload(b -> b.bucket(bucket()).key(key.name()).uploadId(upload));
    } catch (SdkException e) {
      cause.addSuppressed(e);
    }
  }

  @FunctionalInterface
  private interface ConditionalPut {
    void send() throws ObjectStoreException;
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return outcome(
        key,
        () ->
            client.putObject(
                b ->
                    b.bucket(bucket())
                        .key(key.name())
                        .ifNoneMatch("*")
                        .contentType("application/json"),
                RequestBody.fromRemainingByteBuffer(bytes)));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    // Nothing is sent where the object is there, and large files are mostly there or not.
    return head(key).isPresent()
        ? PutOutcome.ALREADY_THERE
        : outcome(key, () -> put(key, file, Existing.KEPT));
  }

  private PutOutcome outcome(ObjectKey key, ConditionalPut put) throws ObjectStoreException {
    try {
      put.send();
      return PutOutcome.STORED;
    } catch (SdkException e) {
      ObjectStoreException failure = S3Failures.of("write", key.name(), description(), e);
      if (S3Failures.isConflict(e)) {
        // Another write or delete is in progress, so the outcome is still open.
        throw new ObjectStoreException.Unavailable(String.valueOf(failure.getMessage()), e);
      }
      if (failure instanceof ObjectStoreException.Changed) {
        return PutOutcome.ALREADY_THERE;
      }
      if (!(failure instanceof ObjectStoreException.Denied) && S3Failures.mayHaveArrived(e)) {
        throw new ObjectStoreException.Unknown(String.valueOf(failure.getMessage()), e);
      }
      throw failure;
    }
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    try {
      client.deleteObject(b -> b.bucket(bucket()).key(key.name()));
    } catch (SdkException e) {
      throw S3Failures.of("delete", key.name(), description(), e);
    }
  }

  @Override
  public String description() {
    return "s3://" + bucket() + (settings.endpoint().isEmpty() ? "" : " at " + settings.endpoint());
  }

  @Override
  public void close() {
    client.close();
  }
}
