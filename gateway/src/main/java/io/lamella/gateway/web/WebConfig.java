package io.lamella.gateway.web;

import io.lamella.storage.object.config.YamlMap;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The content of a web configuration file, as Prometheus' exporter-toolkit defines it.
///
/// @param tls empty for plain text
/// @param headers of every response
/// @param users bcrypt hashes of passwords by user; empty where none is asked for
/// @param rate of all requests together; empty where it is not limited
/// @param notes what the file asks for and does not get, each a sentence
public record WebConfig(
    Optional<TlsConfig> tls,
    Map<String, String> headers,
    Map<String, String> users,
    Optional<RequestRate> rate,
    List<String> notes) {
  private static final Pattern BCRYPT =
      Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

  /// The headers that may be set, with their values where those are fixed.
  private static final Map<String, Set<String>> HEADERS =
      Map.of(
          "Content-Security-Policy", Set.of(),
          "Strict-Transport-Security", Set.of(),
          "X-Content-Type-Options", Set.of("nosniff"),
          "X-Frame-Options", Set.of("deny", "sameorigin"),
          "X-XSS-Protection", Set.of());

  private static final WebConfig EMPTY =
      new WebConfig(Optional.empty(), Map.of(), Map.of(), Optional.empty(), List.of());

  public WebConfig {
    headers = Map.copyOf(headers);
    users = Map.copyOf(users);
    notes = List.copyOf(notes);
  }

  /// Reads the YAML. The files that it names are not read.
  ///
  /// @param directory that relative names of files are resolved in
  /// @throws IllegalArgumentException where a key is missing, unknown, wrong or not supported
  static WebConfig parse(String yaml, Path directory) {
    if (yaml.lines().allMatch(l -> l.isBlank() || l.strip().startsWith("#"))) {
      return EMPTY;
    }
    YamlMap root = YamlMap.parse(yaml);
    YamlMap tls = root.map("tls_server_config");
    YamlMap http = root.map("http_server_config");
    WebConfig out =
        new WebConfig(
            TlsConfig.of(tls, directory),
            headers(http.texts("headers")),
            users(root.texts("basic_auth_users")),
            RequestRate.of(root.map("rate_limit")),
            notes(http));
    http.end();
    root.end();
    return out;
  }

  /// Clients negotiate the version, so either value of `http2` serves all of them.
  private static List<String> notes(YamlMap http) {
    return http.flag("http2")
        ? List.of(
            "http_server_config.http2 is true, but HTTP/2 is not served; clients use HTTP/1.1")
        : List.of();
  }

  private static Map<String, String> headers(Map<String, String> given) {
    Map<String, String> out = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      Set<String> values = HEADERS.get(name);
      String key = "key \"http_server_config.headers." + name + "\"";
      if (values == null) {
        throw new IllegalArgumentException(
            key + " cannot be configured, expected one of " + String.join(", ", sorted(HEADERS)));
      }
      if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new IllegalArgumentException(key + " is not a line of printable ASCII");
      }
      if (!value.isEmpty() && !values.isEmpty() && !values.contains(value)) {
        throw new IllegalArgumentException(
            key + " is \"" + value + "\", expected " + String.join(" or ", values));
      }
      if (!value.isEmpty()) {
        out.put(name, value);
      }
    });
    return out;
  }

  private static Iterable<String> sorted(Map<String, ?> map) {
    return map.keySet().stream().sorted().toList();
  }

  /// The error does not repeat what stands there, which may be a password.
  private static Map<String, String> users(Map<String, String> given) {
    given.forEach((user, hash) -> {
      if (!BCRYPT.matcher(hash).matches()) {
        throw new IllegalArgumentException(
            "key \"basic_auth_users."
                + user
                + "\" is not a bcrypt hash as $2y$10$…; make one by htpasswd -nBC 10 \"\"");
      }
      if (user.isEmpty() || user.contains(":")) {
        throw new IllegalArgumentException(
            "key \"basic_auth_users."
                + user
                + "\" is no name of a user: it is empty or has a colon");
      }
    });
    return given;
  }
}
