package io.lamella.promql.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random expressions at random times over the blocks of the oracle, as lines for its `eval`.
public final class RandomRequests {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long FIRST = 1_735_689_600_000L;
  private static final long[] STEPS = {0, 0, 15_000, 60_000, 61_500, 300_000, 3_600_000};

  /// One in this number of range queries has at least [#MIN_LONG_STEPS] steps.
  private static final int LONG_RANGES = 5;

  private static final int MIN_LONG_STEPS = 200;
  private static final long[] LOOKBACKS = {0, 0, 60_000, 900_000};

  private final Random random;
  private final Expressions expressions;

  private RandomRequests(Random random, Expressions expressions) {
    this.random = random;
    this.expressions = expressions;
  }

  /// @param dump the series to query, as the oracle dumps them
  public static RandomRequests of(List<JsonNode> dump, Random random) {
    return new RandomRequests(random, new Expressions(random, names(dump)));
  }

  public List<String> next(int count) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(next());
    }
    return out;
  }

  private String next() {
    long start = FIRST + random.nextInt(8 * 3_600) * 1_000L + (random.nextInt(5) == 0 ? 333 : 0);
    long step = STEPS[random.nextInt(STEPS.length)];
    long lookback = LOOKBACKS[random.nextInt(LOOKBACKS.length)];
    var node = JSON.createObjectNode();
    node.put("query", step == 0 ? expressions.instant() : expressions.range());
    node.put("start", start);
    node.put("end", start + step * steps());
    node.put("step", step);
    if (lookback > 0) {
      node.put("lookback", lookback);
    }
    return node.toString();
  }

  private int steps() {
    return random.nextInt(LONG_RANGES) == 0
        ? MIN_LONG_STEPS + random.nextInt(MIN_LONG_STEPS)
        : 1 + random.nextInt(12);
  }

  private static List<String> names(List<JsonNode> dump) {
    Set<String> names = new TreeSet<>();
    for (JsonNode line : dump) {
      if (line.get("labels").has("__name__")) {
        names.add(line.get("labels").get("__name__").asString());
      }
    }
    return List.copyOf(names);
  }
}
