package io.lamella.gateway.http;

import io.lamella.model.JsonQuote;
import io.lamella.model.Labels;

/// JSON text as Prometheus writes it.
final class JsonText {
  private JsonText() {}

  static void string(StringBuilder out, String s) {
    JsonQuote.append(out, s);
  }

  static void labels(StringBuilder out, Labels labels) {
    out.append('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      string(out, labels.name(i));
      out.append(':');
      string(out, labels.value(i));
    }
    out.append('}');
  }

  static void strings(StringBuilder out, Iterable<String> all) {
    out.append('[');
    String comma = "";
    for (String s : all) {
      out.append(comma);
      string(out, s);
      comma = ",";
    }
    out.append(']');
  }
}
