package io.lamella.cli;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.http.ApiServer.ApiOptions;
import io.lamella.gateway.http.ApiServer.HttpOptions;
import io.lamella.gateway.http.ClientLimits;
import io.lamella.gateway.http.Compression;
import io.lamella.gateway.http.WebOptions;
import io.lamella.gateway.web.WebConfigFile;
import io.lamella.model.InvalidRegexException;
import io.lamella.model.Matcher;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of where and how HTTP is served, named as those of Prometheus.
final class WebFlags {
  /// Segments without a meaning of their own, such as `..`.
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)*");

  @Option(
      names = {"--listen", "--web.listen-address"},
      paramLabel = "[HOST]:PORT",
      description = "Address to serve HTTP on (default ${DEFAULT-VALUE}).")
  private String listen = ":9090";

  @Option(
      names = {"--web.config.file", "--http.config"},
      paramLabel = "FILE",
      description =
          "Web configuration file as that of Prometheus: TLS, client certificates, users with bcrypt passwords, headers; read again when it or a certificate changes (default: none).")
  private String config = "";

  @Option(
      names = "--web.external-url",
      paramLabel = "URL",
      description =
          "URL that clients reach the server by, such as that of a proxy; its path is the default of --web.route-prefix (default: the address).")
  private String externalUrl = "";

  @Option(
      names = "--web.route-prefix",
      paramLabel = "PATH",
      description =
          "Path that everything is served below, /-/ready and /metrics included (default: the path of --web.external-url).")
  private String routePrefix = "";

  @Option(
      names = "--web.compression",
      paramLabel = "WHICH",
      description =
          "Compression of responses by zstd, br or gzip, as the client accepts: auto (unless the client is local), always or none (default ${DEFAULT-VALUE}).")
  private String compression = "auto";

  @Option(
      names = "--web.cors.origin",
      paramLabel = "REGEX",
      description =
          "Origins whose pages may read responses in a browser, such as 'https://(a|b)\\.example' or '.*' (default: none but this server's own).")
  private String cors = "";

  /// The web configuration file, where one is given.
  record WebConfigs(Optional<WebConfigFile> file) implements AutoCloseable {
    String scheme() {
      return file.filter(WebConfigFile::isTls).isPresent() ? "https" : "http";
    }

    @Override
    public void close() {
      file.ifPresent(WebConfigFile::close);
    }
  }

  /// @throws IOException where the file cannot be read or used
  WebConfigs openConfig() throws IOException {
    return new WebConfigs(
        config.isEmpty() ? Optional.empty() : Optional.of(WebConfigFile.open(Path.of(config))));
  }

  Listen address(CommandLine line) {
    return Listen.parse(listen, line);
  }

  /// Checks the paths. From now on `--web.route-prefix` has the value that holds, which is shown.
  void resolvePaths(CommandLine line) {
    String prefix = strip(routePrefix.isEmpty() ? externalPath(line) : routePrefix);
    if (!PATH.matcher(prefix).matches()) {
      throw new CommandLine.ParameterException(
          line, "cannot serve below --web.route-prefix=" + prefix + ": expected a path of a URL");
    }
    routePrefix = prefix.isEmpty() ? "/" : prefix;
  }

  /// What clients put before paths; empty or with a slash at its beginning only.
  private String externalPath(CommandLine line) {
    try {
      return strip(Optional.ofNullable(new URI(externalUrl).getRawPath()).orElse(""));
    } catch (URISyntaxException e) {
      throw new CommandLine.ParameterException(
          line, "cannot use --web.external-url=" + externalUrl + ": " + e.getReason());
    }
  }

  /// With a slash at its beginning and none at its end; empty for the root.
  private static String strip(String path) {
    String bare = path.replaceAll("^/+|/+$", "");
    return bare.isEmpty() ? "" : "/" + bare;
  }

  /// Where the server listens, and where clients find it if that is elsewhere.
  String urls(WebConfigs configs, Listen address, int port) {
    String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    return "url="
        + configs.scheme()
        + "://"
        + host
        + ":"
        + port
        + strip(routePrefix)
        + (externalUrl.isEmpty() ? "" : " external_url=" + externalUrl);
  }

  HttpOptions options(
      ClientLimits clients, Set<String> replicaLabels, WebConfigs configs, CommandLine line) {
    Listen address = address(line);
    return new HttpOptions(
        address.host(),
        address.port(),
        compression(line),
        clients,
        new ApiOptions(replicaLabels, corsOrigin(line), () -> Associations.NONE),
        new WebOptions(configs.file(), strip(routePrefix), externalPath(line)));
  }

  private Compression compression(CommandLine line) {
    return switch (compression) {
      case "auto" -> Compression.AUTO;
      // Its name before there were other encodings.
      case "always", "gzip" -> Compression.ALWAYS;
      case "none" -> Compression.NONE;
      default ->
          throw new CommandLine.ParameterException(
              line, "--web.compression=" + compression + " is not one of auto, always, none");
    };
  }

  private Optional<Matcher> corsOrigin(CommandLine line) {
    try {
      return cors.isEmpty()
          ? Optional.empty()
          : Optional.of(Matcher.of(Matcher.Type.REGEX, "Origin", cors));
    } catch (InvalidRegexException e) {
      throw new CommandLine.ParameterException(
          line, "cannot read --web.cors.origin: " + e.getMessage());
    }
  }
}
