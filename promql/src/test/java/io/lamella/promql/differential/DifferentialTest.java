package io.lamella.promql.differential;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lamella.promql.SharedFiles;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.promql.real.RecordedSamples;
import io.lamella.promql.source.SeriesSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random expressions over random blocks have the same results as in Prometheus' engine, in instant
/// and range queries, with and without delayed name removal, start timestamps, type and unit
/// labels.
///
/// `-Dlamella.differential.count=50000 -Dlamella.differential.seed=7` sets the number of
/// expressions and another seed; `-Dlamella.oracle=FILE` is a built oracle, else it is built with
/// Go from `oracle/` of the shared folder.
class DifferentialTest {
  private static final List<String> KINDS = List.of("floats", "histograms", "starttimes");
  private static final Map<String, Feature> SWITCHES =
      new TreeMap<>(
          Map.of(
              "--delayed-names", Feature.DELAYED_NAME_REMOVAL,
              "--start-timestamps", Feature.USE_START_TIMESTAMPS,
              "--types", Feature.TYPE_AND_UNIT_LABELS));
  private static final int COUNT = Integer.getInteger("lamella.differential.count", 2_400);
  private static final long SEED = Long.getLong("lamella.differential.seed", 20_26L);
  private static final int BATCH = 250;
  private static final int SHOWN = 20;

  /// How often Prometheus evaluates again where its result differs: some of its results depend on
  /// the order of a Go map, which is random.
  private static final int REPEATS = 40;

  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final List<String> different = new ArrayList<>();

  @Test
  void randomExpressionsHaveTheResultsOfPrometheus() throws IOException, InterruptedException {
    Oracle oracle = oracle();
    for (String kind : KINDS) {
      Path blocks = oracle.write(kind, SEED);
      List<JsonNode> dump = oracle.dump(blocks);
      SeriesSource source = RecordedSamples.load(dump);
      int parts = 1 << SWITCHES.size();
      for (int part = 0; part < parts; part++) {
        Engines engines = engines(oracle, blocks, source, part);
        Random random = new Random(SEED * 31 + part * 7L + kind.hashCode());
        Requests requests = new Requests(random, names(dump));
        int left = (COUNT + KINDS.size() * parts - 1) / (KINDS.size() * parts);
        for (; left > 0; left -= BATCH) {
          compare(kind, engines, requests.next(Math.min(BATCH, left)));
        }
      }
    }
    System.out.println("differential test, seed " + SEED + ": " + outcomes);
    assertTrue(different.isEmpty(), this::report);
  }

  /// The two engines with the same options over the same samples; `ours` compares numbers exactly,
  /// `nearly` to 1e-9.
  private record Engines(
      Oracle oracle,
      Path blocks,
      List<String> switches,
      RecordedAnswers ours,
      RecordedAnswers nearly) {
    List<JsonNode> prometheus(List<String> requests) throws IOException, InterruptedException {
      List<JsonNode> answers = oracle.eval(blocks, requests, switches);
      assertTrue(answers.size() == requests.size(), "the oracle left out an answer");
      return answers;
    }

    String difference(JsonNode answer) {
      return difference(ours, answer);
    }

    private static String difference(RecordedAnswers engine, JsonNode answer) {
      try {
        return engine.compare(answer);
      } catch (RuntimeException e) {
        return "thrown: " + e + " at " + e.getStackTrace()[0];
      }
    }
  }

  private static Engines engines(Oracle oracle, Path blocks, SeriesSource source, int part) {
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    List<String> switches = new ArrayList<>();
    int bit = 1;
    for (Map.Entry<String, Feature> s : SWITCHES.entrySet()) {
      if ((part & bit) != 0) {
        switches.add(s.getKey());
        features.add(s.getValue());
      }
      bit <<= 1;
    }
    return new Engines(
        oracle,
        blocks,
        switches,
        new RecordedAnswers(source, features, 0),
        new RecordedAnswers(source, features));
  }

  private void compare(String kind, Engines engines, List<String> requests)
      throws IOException, InterruptedException {
    List<JsonNode> answers = engines.prometheus(requests);
    for (int i = 0; i < answers.size(); i++) {
      JsonNode answer = answers.get(i);
      if (hasCrashed(answer)) {
        count("crashes of Prometheus");
        continue;
      }
      String difference = engines.difference(answer);
      if (difference.isEmpty()) {
        count(answer.get("status").asString().equals("error") ? "equal errors" : "equal");
        continue;
      }
      Optional<String> explained =
          KnownDifference.explain(answer, difference, Engines.difference(engines.nearly, answer));
      if (explained.isPresent()) {
        count("explained: " + explained.get());
      } else if (isUndecided(engines, requests.get(i), answer)) {
        count("Prometheus has several answers");
      } else {
        count("different");
        String text = answer.toString();
        different.add(
            "%s %s%n  %s%n  %s"
                .formatted(
                    kind,
                    engines.switches,
                    text.substring(0, Math.min(text.length(), 1_500)),
                    difference));
      }
    }
  }

  /// True where Prometheus has our result when it evaluates again; or where it has several results,
  /// and the difference can depend on the order of series: which of equal values are selected,
  /// which two of many series an error names, the last digits of a sum.
  private static boolean isUndecided(Engines engines, String request, JsonNode answer)
      throws IOException, InterruptedException {
    Set<String> answers = new TreeSet<>();
    for (JsonNode a : engines.prometheus(Collections.nCopies(REPEATS, request))) {
      if (engines.difference(a).isEmpty()) {
        return true;
      }
      answers.add(a.toString());
    }
    return answers.size() > 1
        && (KnownDifference.hasTies(answer)
            || KnownDifference.namesOthers(engines.difference(answer))
            || Engines.difference(engines.nearly, answer).isEmpty());
  }

  private static boolean hasCrashed(JsonNode answer) {
    String error = answer.path("error").asString("");
    return error.startsWith("unexpected error: runtime error")
        // Prometheus panics when it prints NaN times such a histogram.
        || error.equals("histograms with custom buckets have no zero bucket");
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private String report() {
    return different.size()
        + " differences; replay with -Dlamella.differential.seed="
        + SEED
        + " -Dlamella.differential.count="
        + COUNT
        + "\n"
        + String.join("\n", different.subList(0, Math.min(SHOWN, different.size())));
  }

  /// Random expressions at random times, as lines for the oracle.
  private record Requests(Random random, Expressions expressions) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long FIRST = 1_735_689_600_000L;
    private static final long[] STEPS = {0, 0, 15_000, 60_000, 61_500, 300_000, 3_600_000};

    /// One in this number of range queries has at least [#MIN_LONG_STEPS] steps.
    private static final int LONG_RANGES = 5;

    private static final int MIN_LONG_STEPS = 200;
    private static final long[] LOOKBACKS = {0, 0, 60_000, 900_000};

    Requests(Random random, List<String> names) {
      this(random, new Expressions(random, names));
    }

    List<String> next(int count) {
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

  private static Oracle oracle() throws IOException, InterruptedException {
    Path work = Files.createDirectories(Path.of("target", "differential"));
    Path sources = SharedFiles.find("oracle").orElse(null);
    if (sources == null && System.getProperty("lamella.oracle", "").isEmpty()) {
      sources = SharedFiles.findOrSkip("oracle", "random expressions against Prometheus' engine");
    }
    try {
      return Oracle.build(sources == null ? work : sources, work);
    } catch (IOException e) {
      return abort("the oracle cannot be built here: " + e.getMessage());
    }
  }
}
