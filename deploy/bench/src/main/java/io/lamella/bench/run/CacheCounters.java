package io.lamella.bench.run;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cache requests and hedged requests of the gateway, parsed from its `/metrics`.
final class CacheCounters {
  private static final Pattern CACHE_REQUESTS =
      Pattern.compile(
          "^lamella_cache_requests_total\\{cache=\"(\\w+)\",outcome=\"(\\w+)\"} (\\S+)$",
          Pattern.MULTILINE);
  private static final Pattern HEDGES =
      Pattern.compile("^lamella_hedges_total\\{outcome=\"sent\"} (\\S+)$", Pattern.MULTILINE);

  private CacheCounters() {}

  /// Keys are `tier outcome`, such as `memory hit`, and `hedges` for hedged requests.
  static Map<String, Double> of(String exposition) {
    Map<String, Double> out = new HashMap<>();
    Matcher requests = CACHE_REQUESTS.matcher(exposition);
    while (requests.find()) {
      out.put(requests.group(1) + " " + requests.group(2), Double.parseDouble(requests.group(3)));
    }
    Matcher hedges = HEDGES.matcher(exposition);
    if (hedges.find()) {
      out.put("hedges", Double.parseDouble(hedges.group(1)));
    }
    return out;
  }
}
