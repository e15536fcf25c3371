package io.lamella.storage.object.config;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.PrefixedObjectStore;
import io.lamella.storage.object.RetryingObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.s3.S3ObjectStore;
import io.lamella.storage.object.s3.S3Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Opens the store that a flag names: a directory, a file with objstore YAML, or that YAML itself.
public final class ObjectStores {
  private static final long MAX_CONFIG_BYTES = 1 << 20;

  private ObjectStores() {}

  /// A store that does not retry by itself.
  ///
  /// @param retries that its configuration asks for; none for directories
  public record PlainStore(ObjectStore store, RetryingObjectStore.RetryPolicy retries) {
    private ObjectStore retrying() {
      return retries.retries() == 0 ? store : new RetryingObjectStore(store, retries);
    }
  }

  /// Opens a store to read from; it retries by itself.
  ///
  /// @throws IOException where the text does not name a store or names a missing directory
  public static ObjectStore open(String text) throws IOException {
    return openPlain(text).retrying();
  }

  /// Opens a store to read from, for callers that retry.
  ///
  /// @throws IOException where the text does not name a store or names a missing directory
  public static PlainStore openPlain(String text) throws IOException {
    if (!isInline(text) && !text.isBlank() && !Files.exists(Path.of(text))) {
      throw new IOException("cannot open a store: " + text + " is neither a directory nor a file");
    }
    return plain(text, System.getenv());
  }

  /// Opens a store to write to; a missing directory is created.
  ///
  /// @throws IOException where the text does not name a store or it cannot be opened
  public static ObjectStore openOrCreate(String text) throws IOException {
    return open(text, System.getenv());
  }

  static boolean isInline(String text) {
    return text.contains("\n") || text.contains(": ") || text.strip().startsWith("{");
  }

  static ObjectStore open(String text, Map<String, String> environment) throws IOException {
    return plain(text, environment).retrying();
  }

  private static PlainStore plain(String text, Map<String, String> environment) throws IOException {
    if (text.isBlank()) {
      throw new IOException("cannot open a store: no directory, file or YAML is given");
    }
    if (isInline(text)) {
      return configured(text, "inline YAML", environment);
    }
    Path path = Path.of(text);
    if (Files.isRegularFile(path)) {
      if (Files.size(path) > MAX_CONFIG_BYTES) {
        throw new IOException(
            "cannot open a store: "
                + path
                + " has "
                + Files.size(path)
                + " bytes, at most "
                + MAX_CONFIG_BYTES);
      }
      return configured(Files.readString(path), path.toString(), environment);
    }
    return withoutRetries(DirectoryObjectStore.open(path));
  }

  private static PlainStore withoutRetries(ObjectStore store) {
    return new PlainStore(store, RetryingObjectStore.RetryPolicy.of(0));
  }

  private static PlainStore configured(String yaml, String place, Map<String, String> environment)
      throws IOException {
    try {
      YamlMap root = YamlMap.parse(yaml, environment);
      String type = root.required("type");
      YamlMap config = root.map("config");
      String prefix = root.text("prefix", "").replaceAll("^/+|/+$", "");
      root.end();
      PlainStore plain =
          switch (type.toUpperCase(java.util.Locale.ROOT)) {
            case "FILESYSTEM" -> withoutRetries(filesystem(config));
            case "S3" -> s3(config);
            default ->
                throw new IllegalArgumentException(
                    "key \"type\" is \"" + type + "\", expected S3 or FILESYSTEM");
          };
      return prefix.isEmpty()
          ? plain
          : new PlainStore(new PrefixedObjectStore(plain.store(), prefix), plain.retries());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "cannot read the object store's configuration: " + e.getMessage() + " [" + place + "]",
          e);
    }
  }

  private static ObjectStore filesystem(YamlMap config) throws IOException {
    String directory = config.required("directory");
    config.end();
    return DirectoryObjectStore.open(Path.of(directory));
  }

  private static PlainStore s3(YamlMap c) {
    YamlMap http = c.map("http_config");
    YamlMap tls = http.map("tls_config");
    S3Settings.Tls tlsSettings =
        new S3Settings.Tls(
            optional(tls.text("ca_file", "")),
            optional(tls.text("cert_file", "")),
            optional(tls.text("key_file", "")),
            tls.text("server_name", ""),
            tls.flag("insecure_skip_verify") | http.flag("insecure_skip_verify"));
    tls.end();
    S3Settings.Http httpSettings =
        new S3Settings.Http(
            http.duration("idle_conn_timeout", Duration.ofSeconds(90)),
            http.duration("response_header_timeout", Duration.ofMinutes(2)),
            http.duration("tls_handshake_timeout", Duration.ofSeconds(10)),
            (int)
                Math.max(
                    http.number("max_conns_per_host", 0),
                    http.number("max_idle_conns_per_host", 256)),
            tlsSettings);
    http.ignore("expect_continue_timeout", "max_idle_conns", "disable_compression");
    http.end();
    String lookup = c.text("bucket_lookup_type", "auto");
    S3Settings.Lookup lookupType =
        switch (lookup) {
          case "auto", "" -> S3Settings.Lookup.AUTO;
          case "path" -> S3Settings.Lookup.PATH;
          case "virtual-hosted" -> S3Settings.Lookup.VIRTUAL_HOSTED;
          default ->
              throw new IllegalArgumentException(
                  "key \"config.bucket_lookup_type\" is \""
                      + lookup
                      + "\", expected auto, path or virtual-hosted");
        };
    YamlMap sse = c.map("sse_config");
    if (!sse.text("type", "").isEmpty()) {
      throw new IllegalArgumentException(
          "key \"config.sse_config\" is not supported: set the bucket's default encryption");
    }
    sse.end();
    S3Settings.Keys keys =
        new S3Settings.Keys(
            c.text("access_key", ""),
            c.text("secret_key", ""),
            c.text("session_token", ""),
            c.flag("aws_sdk_auth"));
    S3Settings settings =
        new S3Settings(
            c.required("bucket"),
            c.text("endpoint", ""),
            c.text("region", ""),
            c.flag("insecure"),
            lookupType,
            keys,
            httpSettings,
            c.number("part_size", S3Settings.DEFAULT_PART_BYTES));
    if (c.flag("signature_version2")) {
      throw new IllegalArgumentException(
          "key \"config.signature_version2\" is not supported: version 4 is used");
    }
    int retries = (int) c.number("max_retries", 5);
    c.ignore(
        "put_user_metadata",
        "trace",
        "list_objects_version",
        "send_content_md5",
        "disable_multipart",
        "sts_endpoint",
        "disable_dualstack",
        "storage_class");
    c.end();
    return new PlainStore(
        S3ObjectStore.open(settings), RetryingObjectStore.RetryPolicy.of(retries));
  }

  private static Optional<Path> optional(String path) {
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
  }
}
