package io.lamella.promql.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lamella.promql.Feature;
import io.lamella.promql.SharedFiles;
import io.lamella.promql.real.RecordedAnswers;
import io.lamella.promql.real.RecordedSamples;
import io.lamella.promql.source.SeriesSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random expressions over random blocks have the answers of Prometheus' engine.
///
/// `-Dlamella.differential.count=50000 -Dlamella.differential.seed=7` asks more and others;
/// `-Dlamella.oracle=FILE` takes a built oracle.
class DifferentialTest {
  private static final List<String> KINDS = List.of("floats", "histograms", "starttimes");
  private static final long FIRST = 1_735_689_600_000L;
  private static final int BATCH = 250;
  private static final int SHOWN = 20;

  private final JsonMapper json = JsonMapper.builder().build();

  @Test
  void randomExpressionsHaveTheAnswersOfPrometheus() throws IOException, InterruptedException {
    int count = Integer.getInteger("lamella.differential.count", 0);
    if (count == 0) {
      abort("differences are still open: run by hand with -Dlamella.differential.count=2400");
    }
    long seed = Long.getLong("lamella.differential.seed", 20_26L);
    Oracle oracle = oracle();
    int asked = 0;
    int defects = 0;
    List<String> different = new ArrayList<>();
    for (String kind : KINDS) {
      Path blocks = oracle.write(kind, seed);
      List<JsonNode> dump = oracle.dump(blocks);
      SeriesSource source = RecordedSamples.load(dump);
      List<String> names = names(dump);
      for (int part = 0; part < 4; part++) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        List<String> switches = new ArrayList<>();
        if ((part & 1) != 0) {
          features.add(Feature.DELAYED_NAME_REMOVAL);
          switches.add("--delayed-names");
        }
        if ((part & 2) != 0) {
          features.add(Feature.USE_START_TIMESTAMPS);
          switches.add("--start-timestamps");
        }
        RecordedAnswers engine = new RecordedAnswers(source, features);
        Random random = new Random(seed * 31 + part * 7L + kind.hashCode());
        Expressions expressions = new Expressions(random, names);
        int left = count / (KINDS.size() * 4);
        while (left > 0) {
          List<String> requests = new ArrayList<>();
          for (int i = 0; i < Math.min(BATCH, left); i++) {
            requests.add(request(expressions.next(), random));
          }
          left -= requests.size();
          List<JsonNode> answers = oracle.eval(blocks, requests, switches);
          assertEquals(requests.size(), answers.size());
          for (JsonNode answer : answers) {
            asked++;
            if (answer.has("error")
                && answer.get("error").asString().startsWith("unexpected error: runtime error")) {
              defects++;
              continue;
            }
            String difference = difference(engine, answer);
            if (!difference.isEmpty()) {
              different.add(
                  kind
                      + " "
                      + switches
                      + " seed "
                      + seed
                      + "\n  "
                      + shown(answer)
                      + "\n  "
                      + difference);
            }
          }
        }
      }
    }
    System.out.println(
        asked + " asked, " + different.size() + " different, " + defects + " Prometheus' defects");
    assertTrue(
        different.isEmpty(),
        () ->
            different.size()
                + " differences; replay with -Dlamella.differential.seed="
                + seed
                + " -Dlamella.differential.count="
                + count
                + "\n"
                + String.join("\n", different.subList(0, Math.min(SHOWN, different.size()))));
  }

  private static String difference(RecordedAnswers engine, JsonNode answer) {
    try {
      return engine.compare(answer);
    } catch (RuntimeException e) {
      return "thrown: " + e + " at " + e.getStackTrace()[0];
    }
  }

  private static String shown(JsonNode answer) {
    String s = answer.toString();
    return s.length() > 1_500 ? s.substring(0, 1_500) + "…" : s;
  }

  private String request(String query, Random random) {
    long start = FIRST + random.nextInt(8 * 3_600) * 1_000L + (random.nextInt(5) == 0 ? 333 : 0);
    long[] steps = {0, 0, 15_000, 60_000, 61_500, 300_000, 3_600_000};
    long step = steps[random.nextInt(steps.length)];
    long end = step == 0 ? start : start + step * (1 + random.nextInt(12));
    long[] lookbacks = {0, 0, 60_000, 900_000};
    long lookback = lookbacks[random.nextInt(lookbacks.length)];
    var node = json.createObjectNode();
    node.put("query", query);
    node.put("start", start);
    node.put("end", end);
    node.put("step", step);
    if (lookback > 0) {
      node.put("lookback", lookback);
    }
    return node.toString();
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
      return abort("the oracle's folder does not lie beside the project");
    }
    try {
      return Oracle.build(sources == null ? work : sources, work);
    } catch (IOException e) {
      return abort("the oracle cannot be built here: " + e.getMessage());
    }
  }
}
