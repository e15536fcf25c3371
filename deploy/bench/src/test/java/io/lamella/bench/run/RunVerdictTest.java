package io.lamella.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.query.QueryClass;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.store.ModelStore.SeededModel;
import io.lamella.bench.store.StoreModel;
import io.lamella.bench.store.StoreRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Which results fail a run.
class RunVerdictTest {
  private static final Set<String> ALL =
      Arrays.stream(QueryClass.values()).map(Enum::name).collect(Collectors.toSet());

  private static RunOptions options(String size, String model) {
    return new RunOptions(
        DataSize.of(size),
        new SeededModel(StoreModel.of(model), 1),
        new RunOptions.Repetitions(1, 1, 1),
        Path.of("out"),
        new RunOptions.OtherServers(Map.of(), Optional.empty()));
  }

  private static Measurement measured(String server, Phase phase, int gets, String difference) {
    StoreRequest get =
        new StoreRequest("GET", "/b/o", "", new StoreRequest.StoreResponse(206, 10, 0, 1));
    return new Measurement(
        server,
        new Measurement.QueryRound("Q1", "", 0),
        phase,
        difference,
        new Measurement.QueryCost(99_000_000_000L, 0, Collections.nCopies(gets, get), Map.of()));
  }

  private static List<String> failures(String size, String model, Measurement m) {
    return RunVerdict.failures(options(size, model), List.of(m), ALL);
  }

  @Test
  void correctResultsWithFewGetsPassWhateverTheirTimes() {
    assertEquals(List.of(), failures("smoke", "none", measured("lamella", Phase.COLD, 2, "")));
  }

  @Test
  void aWrongResultFailsTheRunOnlyIfItIsOurs() {
    Measurement ours = measured("lamella", Phase.WARM, 0, "5, expected 6");
    Measurement theirs = measured("thanos", Phase.WARM, 0, "5, expected 6");

    assertTrue(failures("S", "none", ours).getFirst().contains("wrong result: 5, expected 6"));
    assertEquals(List.of(), failures("S", "none", theirs));
  }

  @Test
  void moreGetsThanExpectedFailOnlyTheSmokeRun() {
    Measurement many = measured("lamella", Phase.COLD, 3, "");

    assertTrue(failures("smoke", "none", many).getFirst().contains("3 GETs, at most 2 expected"));
    assertEquals(1, failures("smoke", "none", measured("lamella", Phase.WARM, 1, "")).size());
    assertEquals(List.of(), failures("S", "none", many));
    // Requests that the model failed were sent again.
    assertEquals(List.of(), failures("smoke", "faulty", many));
  }

  @Test
  void aClassWithEmptyResultsOnlyFailsTheRun() {
    List<String> failures = RunVerdict.failures(options("smoke", "none"), List.of(), Set.of("Q1"));

    assertTrue(failures.contains("Q2: every result was empty, so nothing was compared"));
    assertTrue(failures.stream().noneMatch(f -> f.startsWith("Q1:") || f.startsWith("Q14:")));
  }
}
