package io.lamella.promql.differential;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.promql.SmallParts;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.promql.real.RecordedSamples;
import io.lamella.promql.source.SeriesSource;
import java.io.IOException;
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
    Oracle oracle = Oracle.findOrSkip(Path.of("target", "differential"));
    for (String kind : KINDS) {
      Path blocks = oracle.write(kind, SEED);
      List<JsonNode> dump = oracle.dump(blocks);
      SeriesSource source = RecordedSamples.load(dump);
      int parts = 1 << SWITCHES.size();
      for (int part = 0; part < parts; part++) {
        Engines engines = engines(oracle, blocks, source, part);
        Random random = new Random(SEED * 31 + part * 7L + kind.hashCode());
        RandomRequests requests = RandomRequests.of(dump, random);
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
  /// `threaded`, too, where several threads evaluate, `nearly` to 1e-9.
  private record Engines(
      Oracle oracle,
      Path blocks,
      List<String> switches,
      RecordedAnswers ours,
      RecordedAnswers threaded,
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
        new RecordedAnswers(source, features, 0, SmallParts.workers()),
        new RecordedAnswers(source, features));
  }

  private void compare(String kind, Engines engines, List<String> requests)
      throws IOException, InterruptedException {
    List<JsonNode> answers = engines.prometheus(requests);
    for (int i = 0; i < answers.size(); i++) {
      JsonNode answer = answers.get(i);
      if (Oracle.hasCrashed(answer)) {
        count("crashes of Prometheus");
        continue;
      }
      String difference = engines.difference(answer);
      String threaded = Engines.difference(engines.threaded, answer);
      if (!threaded.equals(difference)) {
        count("different on several threads");
        different.add("on several threads: " + answer + "\n  " + threaded);
      } else if (difference.isEmpty()) {
        count(answer.get("status").asString().equals("error") ? "equal errors" : "equal");
      }
      if (!threaded.equals(difference) || difference.isEmpty()) {
        continue;
      }
      Optional<String> explained =
          KnownDifference.explain(answer, difference, Engines.difference(engines.nearly, answer));
      if (explained.isPresent()) {
        count("explained: " + explained.get());
      } else if (!difference.contains("parse error")
          && isUndecided(engines, requests.get(i), answer)) {
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
  /// which two of many series an error names, the last digits of a sum, also in labels.
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
            || KnownDifference.countsSums(answer)
            || KnownDifference.namesOthers(engines.difference(answer))
            || Engines.difference(engines.nearly, answer).isEmpty());
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
}
