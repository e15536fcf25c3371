package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import io.lamella.storage.object.PrefixedObjectStore;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import software.amazon.awssdk.services.s3.S3Client;

/// The contract with MinIO in a container; skipped, and reported as skipped, without a Docker
/// engine.
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
class MinioObjectStoreTest extends ObjectStoreContract {
  private static final String BUCKET = "lamella";

  @Container
  private static final MinIOContainer MINIO =
      new MinIOContainer("minio/minio:RELEASE.2025-09-07T16-13-09Z");

  @Override
  protected ObjectStore open() {
    S3Settings settings =
        S3ProxyObjectStoreTest.settings(
            BUCKET,
            MINIO.getS3URL().replaceFirst("^http://", ""),
            MINIO.getUserName(),
            MINIO.getPassword());
    try (S3Client client = S3Clients.open(settings, new LongAdder())) {
      if (client.listBuckets().buckets().stream().noneMatch(b -> b.name().equals(BUCKET))) {
        client.createBucket(b -> b.bucket(BUCKET));
      }
    }
    return new PrefixedObjectStore(S3ObjectStore.open(settings), UUID.randomUUID().toString());
  }
}
