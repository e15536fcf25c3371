package io.lamella.bench.store;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import io.lamella.storage.object.s3.S3ObjectStore;
import io.lamella.storage.object.s3.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// Our S3 client with the model store fulfils the contract of every store, multipart uploads
/// included.
class ModelStoreContractTest extends ObjectStoreContract {
  @TempDir Path root;

  private ModelStore server;

  @Override
  protected ObjectStore open() throws IOException {
    server =
        ModelStore.start(
            root,
            new ModelStore.SeededModel(StoreModel.of("none"), 1),
            RequestLog.countsOnly(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return S3ObjectStore.open(
        new S3Settings(
            "bucket",
            "127.0.0.1:" + server.port(),
            "",
            true,
            S3Settings.Lookup.PATH,
            new S3Settings.Keys("access", "secret", "", false),
            S3Settings.Http.DEFAULT,
            PART_BYTES));
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }
}
