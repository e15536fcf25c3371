package io.lamella.gateway.http;

import io.lamella.gateway.query.Coverage;
import io.lamella.model.Matcher;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.Expr;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The parameters of Thanos Query, with its error texts.
///
/// @param selectors parses a selector of stores
record ThanosParameters(ApiParameters parameters, Function<String, Expr> selectors) {
  /// The name of this store in `/api/v1/stores`, which selectors of stores see as its address.
  static final String STORE = "lamella";

  private static final String ADDRESS = "__address__";
  private static final Set<String> ENGINES = Set.of("", "prometheus", "thanos");

  /// Selectors of stores are compiled before the query is admitted.
  private static final int MAX_SELECTOR_CHARACTERS = 4096;

  private static final Pattern TOTAL_SHARDS =
      Pattern.compile("\"total_?[sS]hards\"\\s*:\\s*\"?([0-9]{1,9})");

  /// Which data is read, after all parameters have been checked.
  ///
  /// @throws QueryException.BadQuery where one is not valid
  Coverage coverage() {
    checkEngine();
    checkResolution();
    checkShard();
    boolean partial = isOn("partial_response").orElse(false);
    return isForThisStore() ? partial ? Coverage.READABLE : Coverage.ALL : Coverage.NONE;
  }

  /// The labels of replicas that are read as one.
  ///
  /// @param otherwise those of a request that names none
  Set<String> replicaLabels(Set<String> otherwise) {
    if (!isOn("dedup").orElse(true)) {
      return Set.of();
    }
    List<String> named =
        parameters.all("replicaLabels[]").stream().filter(n -> !n.isEmpty()).toList();
    return named.isEmpty() ? otherwise : Set.copyOf(named);
  }

  private void checkEngine() {
    String engine = parameters.text("engine");
    if (!ENGINES.contains(engine)) {
      throw new QueryException.BadQuery("'" + engine + "' bad engine");
    }
  }

  /// Blocks have raw samples only, so every resolution is raw.
  private void checkResolution() {
    String name = "max_source_resolution";
    String text = parameters.text(name);
    if (text.isEmpty() || text.equals("auto")) {
      return;
    }
    long millis;
    try {
      millis = ApiParameters.parseDuration(text);
    } catch (IllegalArgumentException e) {
      throw new QueryException.BadQuery("'" + name + "' parameter: " + e.getMessage());
    }
    if (millis < 0) {
      throw new QueryException.BadQuery(
          "negative '" + name + "' is not accepted. Try a positive integer");
    }
  }

  /// Who asks for a part of the series must not take the whole for it.
  private void checkShard() {
    java.util.regex.Matcher shards = TOTAL_SHARDS.matcher(parameters.text("shard_info"));
    if (shards.find() && Integer.parseInt(shards.group(1)) > 1) {
      throw new QueryException.BadQuery(
          "cannot evaluate a part of the series: shard_info is not supported here");
    }
  }

  /// As in Thanos, only matchers on the address of a store count; of several selectors one is
  /// enough.
  private boolean isForThisStore() {
    List<String> all = parameters.all("storeMatch[]");
    if (all.stream().mapToLong(String::length).sum() > MAX_SELECTOR_CHARACTERS) {
      throw new QueryException.BadQuery(
          "'storeMatch[]' parameter: longer than " + MAX_SELECTOR_CHARACTERS + " characters");
    }
    boolean matches = all.isEmpty();
    for (String selector : all) {
      matches |= matchers(selector).stream().allMatch(ThanosParameters::matchesThisStore);
    }
    return matches;
  }

  private static boolean matchesThisStore(Matcher m) {
    return !m.name().equals(ADDRESS) || m.matches(STORE);
  }

  private List<Matcher> matchers(String selector) {
    if (selectors.apply(selector) instanceof Expr.VectorSelector s
        && s.offset() == null
        && s.at() == null) {
      return s.matchers();
    }
    throw new QueryException.BadQuery(
        "1:1: parse error: expected a series selector, got " + ApiParameters.quoted(selector));
  }

  private Optional<Boolean> isOn(String name) {
    String text = parameters.text(name);
    return switch (text) {
      case "" -> Optional.empty();
      case "0", "false", "f", "F", "FALSE", "False" -> Optional.of(false);
      case "1", "true", "t", "T", "TRUE", "True" -> Optional.of(true);
      default ->
          throw new QueryException.BadQuery(
              "'"
                  + name
                  + "' parameter: strconv.ParseBool: parsing "
                  + ApiParameters.quoted(text)
                  + ": invalid syntax");
    };
  }
}
