package io.lamella.gateway.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// The body of a success: `{"status":"success","data":…}`, with the members `warnings` and `infos`
/// where there are any.
record SuccessBody(ResponseBody data, List<String> warnings, List<String> infos)
    implements ResponseBody {
  private static final int MAX_ANNOTATIONS = 10;

  SuccessBody {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  static SuccessBody of(Consumer<JsonGenerator> data) {
    return of(data, List.of());
  }

  /// @param data writes one JSON value
  static SuccessBody of(Consumer<JsonGenerator> data, List<String> warnings) {
    return new SuccessBody(out -> PrometheusJson.append(out.text(), data), warnings, List.of());
  }

  @Override
  public void print(ResponseStream out) throws IOException {
    out.text().append("{\"status\":\"success\",\"data\":");
    data.print(out);
    annotations(out.text(), "warnings", "warning", warnings);
    annotations(out.text(), "infos", "info", infos);
    out.text().append('}');
  }

  private static void annotations(StringBuilder out, String member, String kind, List<String> all) {
    if (all.isEmpty()) {
      return;
    }
    List<String> shown = new ArrayList<>(all.subList(0, Math.min(MAX_ANNOTATIONS, all.size())));
    if (all.size() > MAX_ANNOTATIONS) {
      shown.add((all.size() - MAX_ANNOTATIONS) + " more " + kind + " annotations omitted");
    }
    out.append(",\"").append(member).append("\":");
    PrometheusJson.append(out, json -> PrometheusJson.strings(json, shown));
  }
}
