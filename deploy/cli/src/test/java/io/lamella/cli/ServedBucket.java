package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;

/// A gateway of a bucket in this process, with its HTTP server.
record ServedBucket(ObjectStore store, Gateway gateway, ApiServer server) implements AutoCloseable {
  static ServedBucket open(Path bucket, String version) throws Exception {
    return open(bucket, version, GatewayOptions.defaults());
  }

  static ServedBucket open(Path bucket, String version, GatewayOptions options) throws Exception {
    ObjectStore store = DirectoryObjectStore.open(bucket);
    Gateway gateway = Gateway.open(store, options);
    return new ServedBucket(
        store,
        gateway,
        gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo(version, "")));
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  int blocks() {
    return gateway.blocks().blocks().size();
  }

  boolean isIdle() {
    return gateway.active().list().isEmpty();
  }

  @Override
  public void close() {
    server.close();
    gateway.close();
    store.close();
  }
}
