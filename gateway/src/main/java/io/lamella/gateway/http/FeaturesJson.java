package io.lamella.gateway.http;

import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.Function;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What this server can do, by the names of Prometheus' `/api/v1/features`. Of Prometheus' groups
/// those are left out that concern what a store of history does not do.
final class FeaturesJson {
  private static final List<String> API =
      List.of(
          "label_values_match",
          "openapi_3.1",
          "query_stats",
          "query_warnings",
          "time_range_labels",
          "time_range_series");
  private static final List<String> NOT_IN_API =
      List.of("admin", "lifecycle", "otlp_write_receiver", "remote_write_receiver", "search");
  private static final List<String> LANGUAGE =
      List.of(
          "at_modifier",
          "bool",
          "by",
          "duration_expr",
          "group_left",
          "group_right",
          "ignoring",
          "negative_offset",
          "offset",
          "on",
          "per_query_lookback_delta",
          "subqueries",
          "without");
  private static final Map<String, Feature> OPTIONAL =
      Map.of(
          "anchored", Feature.EXTENDED_RANGE_SELECTORS,
          "smoothed", Feature.EXTENDED_RANGE_SELECTORS,
          "fill", Feature.BINOP_FILL_MODIFIERS,
          "fill_left", Feature.BINOP_FILL_MODIFIERS,
          "fill_right", Feature.BINOP_FILL_MODIFIERS,
          "delayed_name_removal", Feature.DELAYED_NAME_REMOVAL,
          "type_and_unit_labels", Feature.TYPE_AND_UNIT_LABELS);

  private static final Set<AggregateOp> EXPERIMENTAL =
      Set.of(AggregateOp.LIMITK, AggregateOp.LIMIT_RATIO);

  private FeaturesJson() {}

  /// @param on features of the language that are turned on
  static ResponseBody of(Set<Feature> on) {
    Map<String, Map<String, Boolean>> groups = new TreeMap<>();
    groups.put("api", api());
    groups.put("promql", language(on));
    groups.put("promql_functions", functions(on.contains(Feature.EXPERIMENTAL_FUNCTIONS)));
    groups.put("promql_operators", operators(on.contains(Feature.EXPERIMENTAL_FUNCTIONS)));
    return SuccessBody.of(json -> {
      json.writeStartObject();
      groups.forEach((group, features) -> {
        json.writeName(group);
        json.writeStartObject();
        features.forEach(json::writeBooleanProperty);
        json.writeEndObject();
      });
      json.writeEndObject();
    });
  }

  private static Map<String, Boolean> api() {
    Map<String, Boolean> out = new TreeMap<>();
    API.forEach(name -> out.put(name, true));
    NOT_IN_API.forEach(name -> out.put(name, false));
    return out;
  }

  private static Map<String, Boolean> language(Set<Feature> on) {
    Map<String, Boolean> out = new TreeMap<>();
    LANGUAGE.forEach(name -> out.put(name, true));
    OPTIONAL.forEach((name, feature) -> out.put(name, on.contains(feature)));
    out.put("per_step_stats", false);
    return out;
  }

  private static Map<String, Boolean> functions(boolean experimental) {
    Map<String, Boolean> out = new TreeMap<>();
    for (Function f : Function.values()) {
      out.put(f.text(), experimental || !f.isExperimental());
    }
    return out;
  }

  private static Map<String, Boolean> operators(boolean experimental) {
    Map<String, Boolean> out = new TreeMap<>();
    for (BinaryOp op : BinaryOp.values()) {
      out.put(op.text(), true);
    }
    for (AggregateOp op : AggregateOp.values()) {
      out.put(op.text(), experimental || !EXPERIMENTAL.contains(op));
    }
    for (String matching : List.of("=~", "!~", "@")) {
      out.put(matching, true);
    }
    return out;
  }
}
