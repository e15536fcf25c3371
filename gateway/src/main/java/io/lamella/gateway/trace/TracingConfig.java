package io.lamella.gateway.trace;

import io.lamella.storage.object.config.YamlMap;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where traces go, as Thanos' `--tracing.config` says it for the type `OTLP`.
///
/// @param url of the receiver of traces
/// @param delivery how they are sent
/// @param sampler which requests are traced
/// @param serviceName and `resourceAttributes`, which every span carries
public record TracingConfig(
    String url,
    Delivery delivery,
    Sampler sampler,
    String serviceName,
    Map<String, String> resourceAttributes) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  public TracingConfig {
    resourceAttributes = Map.copyOf(resourceAttributes);
  }

  /// Whether requests to the receiver are repeated when they fail, and compressed.
  public enum Option {
    RETRY,
    GZIP
  }

  /// @param caFile certificates to trust; empty for those of the system
  public record Delivery(
      Duration timeout, Set<Option> options, Map<String, String> headers, Optional<String> caFile) {
    public Delivery {
      options = Set.copyOf(options);
      headers = Map.copyOf(headers);
    }
  }

  /// @param ratio of the traces that begin here
  /// @param follows whether a client's trace is continued as the client samples it
  public record Sampler(double ratio, Parent follows) {}

  /// Whether the client's decision counts.
  public enum Parent {
    FOLLOWED,
    IGNORED
  }

  /// Reads the YAML.
  ///
  /// @param environment whose values replace `$(NAME)`
  /// @throws IllegalArgumentException where a key is missing, unknown, wrong or not supported
  public static TracingConfig parse(String yaml, Map<String, String> environment) {
    YamlMap root = YamlMap.parse(yaml, environment);
    String type = root.required("type");
    if (!type.equalsIgnoreCase("OTLP")) {
      throw new IllegalArgumentException("key \"type\" is \"" + type + "\", expected OTLP");
    }
    YamlMap config = root.map("config");
    root.end();
    String client = config.text("client_type", "http");
    if (!client.equals("http")) {
      throw new IllegalArgumentException(
          "key \"config.client_type\" is \""
              + client
              + "\", expected http; receivers of OTLP listen for it on port 4318 by default");
    }
    YamlMap tls = config.map("tls_config");
    YamlMap retry = config.map("retry_config");
    retry.ignore("retry_initial_interval", "retry_max_interval", "retry_max_elapsed_time");
    Set<Option> options = EnumSet.noneOf(Option.class);
    if (retry.flag("retry_enabled")) {
      options.add(Option.RETRY);
    }
    switch (config.text("compression", "")) {
      case "" -> {}
      case "gzip" -> options.add(Option.GZIP);
      default -> throw new IllegalArgumentException("key \"config.compression\" is not gzip");
    }
    String path = config.text("url_path", "/v1/traces");
    TracingConfig out =
        new TracingConfig(
            (config.flag("insecure") ? "http://" : "https://")
                + config.required("endpoint")
                + (path.startsWith("/") ? path : "/" + path),
            new Delivery(
                config.duration("timeout", DEFAULT_TIMEOUT),
                options,
                config.texts("headers"),
                Optional.of(tls.text("ca_file", "")).filter(f -> !f.isEmpty())),
            sampler(
                config.text("sampler_type", "parentbasedalwayssample"),
                config.text("sampler_param", "1")),
            config.text("service_name", "lamella"),
            config.texts("resource_attributes"));
    config.ignore("reconnection_period");
    tls.end();
    retry.end();
    config.end();
    return out;
  }

  private static Sampler sampler(String type, String parameter) {
    String name = type.toLowerCase(Locale.ROOT);
    Parent follows = name.startsWith("parentbased") ? Parent.FOLLOWED : Parent.IGNORED;
    return switch (name.replaceFirst("^parentbased", "")) {
      case "alwayssample" -> new Sampler(1, follows);
      case "neversample" -> new Sampler(0, follows);
      case "traceidratiobased" -> new Sampler(ratio(parameter), follows);
      default ->
          throw new IllegalArgumentException(
              "key \"config.sampler_type\" is \""
                  + type
                  + "\", expected alwayssample, neversample or traceidratiobased, or one of them after parentbased");
    };
  }

  private static double ratio(String text) {
    try {
      double ratio = Double.parseDouble(text);
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "key \"config.sampler_param\" is \"" + text + "\", expected a number from 0 to 1");
  }
}
