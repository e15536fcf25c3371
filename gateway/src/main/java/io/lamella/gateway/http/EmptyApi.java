package io.lamella.gateway.http;

import io.lamella.promql.QueryException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The endpoints of Prometheus whose answer is empty here: a store of history scrapes nothing,
/// evaluates no rules and sends no alerts. Parameters are checked as in Prometheus.
final class EmptyApi {
  /// The data of each path that is read by GET.
  static final Map<String, String> DATA =
      Map.of(
          "/api/v1/alerts", "{\"alerts\":[]}",
          "/api/v1/alertmanagers", "{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}",
          "/api/v1/targets",
              "{\"activeTargets\":[],\"droppedTargets\":[],\"droppedTargetCounts\":{}}",
          "/api/v1/targets/metadata", "[]",
          "/api/v1/scrape_pools", "{\"scrapePools\":[]}",
          "/api/v1/metadata", "{}",
          "/api/v1/notifications", "[]",
          "/api/v1/status/walreplay", "{\"min\":0,\"max\":0,\"current\":0}");

  private static final Set<String> RULE_TYPES = Set.of("", "alert", "record");

  private EmptyApi() {}

  private static final Set<String> LIMITED = Set.of("/api/v1/metadata", "/api/v1/targets/metadata");

  static ResponseBody of(String path, ApiParameters p) {
    if (LIMITED.contains(path) && p.has("limit") && !p.text("limit").matches("-?[0-9]{1,18}")) {
      throw new QueryException.BadQuery("limit must be a number");
    }
    String data = DATA.getOrDefault(path, "{}");
    return SuccessBody.of(json -> json.writeRawValue(data));
  }

  static ResponseBody rules(ApiParameters p) {
    String type = p.text("type");
    if (!RULE_TYPES.contains(type)) {
      throw ApiParameters.invalid("type", "not supported value " + ApiParameters.quoted(type));
    }
    p.isOn("exclude_alerts");
    if (p.has("group_next_token") && !p.has("group_limit")) {
      throw ApiParameters.invalid(
          "group_next_token",
          "group_limit needs to be present in order to paginate over the groups");
    }
    if (p.has("group_limit")) {
      checkGroupLimit(p.text("group_limit"));
    }
    return SuccessBody.of(json -> json.writeRawValue("{\"groups\":[]}"));
  }

  private static void checkGroupLimit(String text) {
    long limit;
    try {
      limit = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiParameters.invalid(
          "group_limit",
          "group_limit needs to be a valid number, got " + ApiParameters.quoted(text));
    }
    if (limit <= 0) {
      throw ApiParameters.invalid("group_limit", "group_limit needs to be greater than 0");
    }
  }

  static ResponseBody exemplars() {
    return SuccessBody.of(json -> json.writeRawValue("[]"));
  }

  /// What this server can do, by Prometheus' names of features.
  static ResponseBody features(List<String> promql) {
    return SuccessBody.of(json -> {
      json.writeStartObject();
      json.writeName("api");
      json.writeStartObject();
      for (String name :
          List.of(
              "label_values_match",
              "query_stats",
              "query_warnings",
              "time_range_labels",
              "time_range_series")) {
        json.writeBooleanProperty(name, true);
      }
      for (String name : List.of("admin", "lifecycle", "remote_write_receiver", "search")) {
        json.writeBooleanProperty(name, false);
      }
      json.writeEndObject();
      json.writeName("promql");
      json.writeStartObject();
      promql.forEach(name -> json.writeBooleanProperty(name.replace('-', '_'), true));
      json.writeEndObject();
      json.writeEndObject();
    });
  }
}
