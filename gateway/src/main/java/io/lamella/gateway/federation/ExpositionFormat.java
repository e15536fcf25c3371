package io.lamella.gateway.federation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The format of an exposition, chosen by the `Accept` header as Prometheus does: the text format
/// unless the client prefers delimited messages.
public record ExpositionFormat(Kind kind, NameEscaping names) {
  private static final int MAX_CLAUSES = 100;

  /// The formats.
  enum Kind {
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    MESSAGES(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

    private final String contentType;

    Kind(String contentType) {
      this.contentType = contentType;
    }
  }

  public String contentType() {
    return kind.contentType + "; escaping=" + names.parameter();
  }

  /// One alternative of an `Accept` header.
  private record Clause(String type, Map<String, String> parameters, double quality) {
    String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }

    Optional<Kind> kind() {
      boolean anyType = type.equals("*/*") || type.equals("*");
      if ((anyType
              || type.equals("application/vnd.google.protobuf")
              || type.equals("application/*"))
          && parameter("proto").equals("io.prometheus.client.MetricFamily")
          && parameter("encoding").equals("delimited")) {
        return Optional.of(Kind.MESSAGES);
      }
      if (type.equals("text/plain") && List.of("", "0.0.4").contains(parameter("version"))) {
        return Optional.of(Kind.TEXT);
      }
      return Optional.empty();
    }
  }

  /// @param accept the value of the header; empty where there is none
  public static ExpositionFormat of(String accept) {
    List<Clause> clauses = new ArrayList<>();
    for (String text : accept.split(",", MAX_CLAUSES)) {
      clauses.add(clause(text));
    }
    clauses.sort(Comparator.comparingDouble(Clause::quality).reversed());
    NameEscaping names = NameEscaping.UNDERSCORES;
    for (Clause c : clauses) {
      names = NameEscaping.of(c.parameter("escaping")).orElse(names);
      Optional<Kind> kind = c.kind();
      if (kind.isPresent()) {
        return new ExpositionFormat(kind.get(), names);
      }
    }
    return new ExpositionFormat(Kind.TEXT, names);
  }

  private static Clause clause(String text) {
    String[] parts = text.split(";", MAX_CLAUSES);
    Map<String, String> parameters = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].split("=", 2);
      if (pair.length == 2) {
        parameters.put(pair[0].strip().toLowerCase(Locale.ROOT), pair[1].strip());
      }
    }
    double quality = 1;
    try {
      quality = Double.parseDouble(parameters.getOrDefault("q", "1"));
    } catch (NumberFormatException e) {
      // As if there were none.
    }
    return new Clause(parts[0].strip().toLowerCase(Locale.ROOT), parameters, quality);
  }
}
