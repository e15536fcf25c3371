package io.lamella.storage.object.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/// The configuration of a store as others may see it: values that may be secret are hidden.
public final class ShownStore {
  private static final String HIDDEN = "<secret>";
  private static final int MAX_CHARACTERS = 1 << 20;

  /// Keys whose values are shown. Others may be secret, so that a new one is hidden until it is
  /// known not to be.
  private static final Set<String> PUBLIC =
      Set.of(
          "type",
          "prefix",
          "bucket",
          "region",
          "directory",
          "insecure",
          "insecure_skip_verify",
          "signature_version2",
          "aws_sdk_auth",
          "bucket_lookup_type",
          "list_objects_version",
          "max_retries",
          "part_size",
          "idle_conn_timeout",
          "response_header_timeout",
          "tls_handshake_timeout",
          "max_idle_conns",
          "max_idle_conns_per_host",
          "max_conns_per_host");

  private ShownStore() {}

  /// YAML in the form of an objstore configuration.
  ///
  /// @param text a directory, a file or YAML, as for [ObjectStores]
  public static String of(String text) throws IOException {
    if (!ObjectStores.isInline(text)) {
      Path path = Path.of(text);
      if (!Files.isRegularFile(path)) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("type", "FILESYSTEM");
        shown.put("config", Map.of("directory", text));
        return yaml(shown);
      }
      return hidden(Files.readString(path));
    }
    return hidden(text);
  }

  private static String hidden(String yaml) throws IOException {
    LoaderOptions limits = new LoaderOptions();
    limits.setMaxAliasesForCollections(0);
    limits.setCodePointLimit(MAX_CHARACTERS);
    try {
      Object root = new Yaml(new SafeConstructor(limits)).load(yaml);
      return yaml(shown("", root));
    } catch (YAMLException e) {
      throw new IOException("cannot show the object store's configuration: it is no YAML", e);
    }
  }

  private static Object shown(String key, Object value) {
    if (value instanceof Map<?, ?> members) {
      Map<String, Object> out = new LinkedHashMap<>();
      members.forEach((k, v) -> {
        String name = String.valueOf(k);
        out.put(name, shown(name, v));
      });
      return out;
    }
    if (key.equals("endpoint")) {
      return String.valueOf(value).replaceFirst(".*@", "");
    }
    return PUBLIC.contains(key) ? value : HIDDEN;
  }

  private static String yaml(Object value) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(options).dump(value);
  }
}
