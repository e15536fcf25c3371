package io.lamella.gateway.http;

import io.lamella.promql.QueryException;
import java.util.Map;
import java.util.Set;

/// The endpoints of Prometheus whose answer is empty here: a store of history scrapes nothing,
/// evaluates no rules and sends no alerts. Parameters are checked as in Prometheus.
final class EmptyApi {
  static final String TARGETS = "/api/v1/targets";
  static final String METADATA_OF_TARGETS = "/api/v1/targets/metadata";

  /// The data of each path that is read by GET.
  static final Map<String, String> DATA =
      Map.of(
          "/api/v1/alerts",
          "{\"alerts\":[]}",
          "/api/v1/alertmanagers",
          "{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}",
          TARGETS,
          "{\"activeTargets\":[],\"droppedTargets\":[],\"droppedTargetCounts\":{}}",
          METADATA_OF_TARGETS,
          "[]",
          "/api/v1/scrape_pools",
          "{\"scrapePools\":[]}",
          "/api/v1/metadata",
          "{}",
          "/api/v1/notifications",
          "[]",
          "/api/v1/status/walreplay",
          "{\"min\":0,\"max\":0,\"current\":0}");

  private static final Set<String> RULE_TYPES = Set.of("", "alert", "record");
  private static final Set<String> STATES_WITH_DROPPED = Set.of("", "any", "dropped");

  private EmptyApi() {}

  private static final Set<String> LIMITED = Set.of("/api/v1/metadata", METADATA_OF_TARGETS);

  static ResponseBody of(String path, ApiParameters p) {
    if (LIMITED.contains(path)) {
      checkNumber(p, "limit");
      checkNumber(p, "limit_per_metric");
    }
    String data = DATA.getOrDefault(path, "{}");
    if (path.equals(TARGETS) && !STATES_WITH_DROPPED.contains(p.text("state"))) {
      return raw(data.replace("{}", "null"));
    }
    return raw(data);
  }

  private static ResponseBody raw(String data) {
    return SuccessBody.of(json -> json.writeRawValue(data));
  }

  private static void checkNumber(ApiParameters p, String name) {
    if (p.has(name) && !p.text(name).matches("[+-]?[0-9]{1,18}")) {
      throw new QueryException.BadQuery(name + " must be a number");
    }
  }

  /// No configuration, as there are no scrape pools.
  static ResponseBody scrapePool(ApiParameters p) {
    String pool = pool(p);
    throw noPool(pool);
  }

  /// No steps, as there are no scrape pools.
  static ResponseBody relabelSteps(ApiParameters p) {
    String pool = pool(p);
    if (!p.has("labels")) {
      throw new QueryException.BadQuery("no labels parameter provided");
    }
    throw noPool(pool);
  }

  private static String pool(ApiParameters p) {
    if (!p.has("scrapePool")) {
      throw new QueryException.BadQuery("no scrapePool parameter provided");
    }
    return p.text("scrapePool");
  }

  private static QueryException noPool(String name) {
    return new QueryException.BadQuery(
        "error retrieving scrape config: scrape pool " + ApiParameters.quoted(name) + " not found");
  }

  static ResponseBody rules(ApiParameters p) {
    String type = p.text("type");
    if (!RULE_TYPES.contains(type)) {
      throw ApiParameters.invalid("type", "not supported value " + ApiParameters.quoted(type));
    }
    checkExcludeAlerts(p);
    if (p.has("group_next_token") && !p.has("group_limit")) {
      throw ApiParameters.invalid(
          "group_next_token",
          "group_limit needs to be present in order to paginate over the groups");
    }
    if (p.has("group_limit")) {
      checkGroupLimit(p.text("group_limit"));
    }
    if (p.has("group_next_token")) {
      throw ApiParameters.invalid(
          "group_next_token",
          "invalid group_next_token '"
              + p.text("group_next_token")
              + "'. were rule groups changed?");
    }
    return raw("{\"groups\":[]}");
  }

  private static void checkExcludeAlerts(ApiParameters p) {
    String name = "exclude_alerts";
    try {
      p.isOn(name);
    } catch (QueryException.BadQuery e) {
      throw ApiParameters.invalid(
          name,
          "error converting exclude_alerts: strconv.ParseBool: parsing "
              + ApiParameters.quoted(p.text(name))
              + ": invalid syntax");
    }
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
}
