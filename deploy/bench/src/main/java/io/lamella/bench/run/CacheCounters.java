package io.lamella.bench.run;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks into the gateway's caches, and second requests, as its `/metrics` counts them.
final class CacheCounters {
  private static final Pattern LOOKS =
      Pattern.compile(
          "^lamella_cache_requests_total\\{cache=\"(\\w+)\",outcome=\"(\\w+)\"} (\\S+)$",
          Pattern.MULTILINE);
  private static final Pattern HEDGES =
      Pattern.compile("^lamella_hedges_total\\{outcome=\"sent\"} (\\S+)$", Pattern.MULTILINE);

  private CacheCounters() {}

  /// By `tier outcome`, as `memory hit`; second requests as `hedges`.
  static Map<String, Double> of(String exposition) {
    Map<String, Double> out = new HashMap<>();
    Matcher looks = LOOKS.matcher(exposition);
    while (looks.find()) {
      out.put(looks.group(1) + " " + looks.group(2), Double.parseDouble(looks.group(3)));
    }
    Matcher hedges = HEDGES.matcher(exposition);
    if (hedges.find()) {
      out.put("hedges", Double.parseDouble(hedges.group(1)));
    }
    return out;
  }
}
