package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3Client;

/// The contract with an S3 server in this process.
class S3ProxyObjectStoreTest extends ObjectStoreContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static S3Proxy server;

  @BeforeAll
  static void start() throws Exception {
    server =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret")
            .build();
    server.start();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }

  @Override
  protected ObjectStore open() {
    String bucket = "bucket-" + BUCKETS.incrementAndGet();
    S3Settings settings = settings(bucket, "127.0.0.1:" + server.getPort(), "access", "secret");
    try (S3Client client = S3Clients.open(settings, new LongAdder())) {
      client.createBucket(b -> b.bucket(bucket));
    }
    return S3ObjectStore.open(settings);
  }

  static S3Settings settings(String bucket, String endpoint, String access, String secret) {
    return new S3Settings(
        bucket,
        endpoint,
        "",
        true,
        S3Settings.Lookup.PATH,
        new S3Settings.Keys(access, secret, "", false),
        S3Settings.Http.DEFAULT,
        PART_BYTES);
  }
}
