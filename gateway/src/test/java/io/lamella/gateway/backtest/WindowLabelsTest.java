package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.EvaluationUnit.JudgedWindow;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.AssociationLookup;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowLabelsTest {
  private static final String REST =
      """
      constraints: [{name: c, expr: 'up{pool=~"$pools"}'}]
      associations: [{type: pools, metric: up, from: dc_id, to: pool}]
      """;

  private final List<AssociationLookup> asked = new ArrayList<>();
  private long reserved;

  private Backtest backtest = BacktestReader.read("windows: [{start: 0, end: 1}]\n" + REST);
  private List<JudgedWindow> judged = List.of();

  private WindowLabels labels(String yaml, Map<String, List<String>> pools) {
    return labels(yaml, pools, _ -> {});
  }

  /// @param together gets the number of each batch of lookups
  private WindowLabels labels(String yaml, Map<String, List<String>> pools, IntConsumer together) {
    backtest = BacktestReader.read(yaml);
    judged = UnitPlan.judged(backtest, MemoryAccount.UNLIMITED);
    return WindowLabels.of(
        backtest,
        Rules.of(
            new PromqlEngine(EngineOptions.defaults()),
            backtest,
            RecordingRules.NONE,
            MemoryAccount.UNLIMITED),
        judged,
        300_000,
        lookups -> {
          together.accept(lookups.size());
          asked.addAll(lookups);
          List<SortedSet<String>> out = new ArrayList<>();
          for (AssociationLookup l : lookups) {
            SortedSet<String> found = new TreeSet<>();
            l.ids().orElseThrow().forEach(id -> found.addAll(pools.getOrDefault(id, List.of())));
            out.add(found);
          }
          return out;
        },
        new MemoryAccount() {
          @Override
          public void reserve(long bytes) {
            reserved += bytes;
          }

          @Override
          public void release(long bytes) {
            reserved -= bytes;
          }
        });
  }

  @Test
  void aTypeHasWhatIsAssociatedWithAnyValueOfTheLabel() {
    WindowLabels labels =
        labels(
            "windows: [{start: 0, end: 60, labels: {dc_id: [a, b]}}]\n" + REST,
            Map.of("a", List.of("p1", "p2"), "b", List.of("p2", "p3")));

    assertEquals(List.of("p1", "p2", "p3"), labels.of(judged.getFirst()).get("pools"));
    assertEquals(List.of("a", "b"), labels.of(judged.getFirst()).get("dc_id"));
  }

  @Test
  void aWindowIsLookedUpFromItsStartToItsEndWhereItIsJudged() {
    labels(
        "windows: [{start: 7200, end: 7800, labels: {dc_id: a}}]\nshift: [0s, 1h]\n" + REST,
        Map.of());

    assertEquals(
        List.of(
            new TimeRange(3_600_000 - 299_999, 4_200_000),
            new TimeRange(7_200_000 - 299_999, 7_800_000)),
        asked.stream().map(AssociationLookup::range).toList());
  }

  @Test
  void aLabelOfTheWindowHidesTheAssociationOfItsName() {
    WindowLabels labels =
        labels(
            "windows: [{start: 0, end: 60, labels: {dc_id: a, pools: own}}]\n" + REST,
            Map.of("a", List.of("p1")));

    assertEquals(List.of("own"), labels.of(judged.getFirst()).get("pools"));
    assertEquals(List.of(), asked);
  }

  private static List<String> ids(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> "p" + i).toList();
  }

  @Test
  void whatIsMissingIsSaid() {
    WindowLabels labels =
        labels(
            """
            windows:
              - {start: 0, end: 60}
              - {start: 0, end: 60, labels: {dc_id: [b, c]}}
              - {start: 0, end: 60, labels: {dc_id: a}}
            """
                + REST,
            Map.of("a", ids(0, 10_001)));

    judged.forEach(w -> assertTrue(!labels.of(w).containsKey("pools")));
    assertEquals(
        List.of(
            "window has no label \"dc_id\", whose $pools the constraint asks for",
            "no pools are associated with dc_id b, c from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z",
            "10001 pools are associated with dc_id a from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z, limit 10000"),
        judged.stream().map(w -> labels.missing(w, "pools")).toList());
    assertEquals(
        "window has no label \"other\", which the constraint asks for",
        labels.missing(judged.getFirst(), "other"));
  }

  @Test
  void equalLookupsAreAskedOnceAndTheirIdsAreCountedOnce() {
    StringBuilder windows = new StringBuilder("windows:\n");
    for (int i = 0; i < 3_000; i++) {
      windows.append("  - {start: 0, end: 60, labels: {dc_id: a}}\n");
    }
    WindowLabels labels = labels(windows + REST, Map.of("a", ids(0, 10_000)));

    assertEquals(3, asked.size(), "one for each thousand");
    assertEquals(10_000, labels.of(judged.getLast()).getOrDefault("pools", List.of()).size());
  }

  @Test
  void tooManyIdsOfAllWindowsAreRefused() {
    StringBuilder windows = new StringBuilder("windows:\n");
    for (int i = 0; i < 201; i++) {
      windows.append("  - {start: 0, end: 60, labels: {dc_id: a" + i + "}}\n");
    }
    Map<String, List<String>> pools = new java.util.HashMap<>();
    for (int i = 0; i < 201; i++) {
      pools.put("a" + i, ids(i, 10_000));
    }

    QueryException e =
        assertThrows(QueryException.TooExpensive.class, () -> labels(windows + REST, pools));
    assertTrue(String.valueOf(e.getMessage()).startsWith("associations: "), e::getMessage);
  }

  @Test
  void nothingIsLookedUpWhereNoConstraintAsks() {
    labels(
        "windows: [{start: 0, end: 60, labels: {dc_id: a}}]\n" + REST.replace("$pools", "p1"),
        Map.of());

    assertEquals(List.of(), asked);
  }

  @Test
  void windowsWithManyValuesAreLookedUpOneAfterAnother() {
    List<Integer> together = new ArrayList<>();
    String values = String.join(",", ids(0, 60_000));
    labels(
        "windows: [{start: 7200, end: 7800, labels: {dc_id: ["
            + values
            + "]}}]\nshift: [0s, 1s, 2s]\n"
            + REST,
        Map.of(),
        together::add);

    assertEquals(List.of(1, 1, 1), together);
  }

  private static IntConsumer enoughMemoryFor(int lookups, List<Integer> together) {
    return n -> {
      together.add(n);
      if (n > lookups) {
        throw new QueryException.TooExpensive("too much memory", lookups, n);
      }
    };
  }

  @Test
  void lookupsThatNeedTooMuchMemoryTogetherAreDivided() {
    List<Integer> together = new ArrayList<>();
    WindowLabels labels =
        labels(
            "windows: [{start: 0, end: 60, labels: {dc_id: a}}]\nshift: [0s, 1s, 2s, 3s, 4s]\n"
                + REST,
            Map.of("a", ids(0, 2)),
            enoughMemoryFor(2, together));

    assertEquals(List.of(5, 2, 3, 1, 2), together);
    judged.forEach(w -> assertEquals(List.of("p0", "p1"), labels.of(w).get("pools")));
  }

  @Test
  void aLookupThatNeedsTooMuchMemoryByItselfIsRefused() {
    assertThrows(
        QueryException.TooExpensive.class,
        () ->
            labels(
                "windows: [{start: 0, end: 60, labels: {dc_id: a}}]\nshift: [0s, 1s]\n" + REST,
                Map.of(),
                enoughMemoryFor(0, new ArrayList<>())));
  }

  @Test
  void anErrorShowsNotAllOfManyValues() {
    WindowLabels labels =
        labels(
            "windows: [{start: 0, end: 60, labels: {dc_id: ["
                + String.join(",", ids(0, 1_000))
                + "]}}, {start: 0, end: 60, labels: {dc_id: "
                + "x".repeat(100_000)
                + "}}]\n"
                + REST,
            Map.of());

    judged.forEach(w -> assertTrue(labels.missing(w, "pools").length() < 400));
  }

  @Test
  void idsTakeMemoryOnceHoweverManyWindowsHaveThem() {
    List<String> ids = ids(0, 9_000);
    String one = "windows:\n- {start: 0, end: 60, labels: {dc_id: a}}\n";
    labels(one + REST, Map.of("a", ids));
    long ofOne = reserved;
    reserved = 0;
    labels(one + "- {start: 60, end: 120, labels: {dc_id: a}}\n" + REST, Map.of("a", ids));

    assertTrue(ofOne > 9_000 * 64, "reserved " + ofOne);
    assertTrue(reserved < ofOne + 1_000, "reserved " + reserved + " after " + ofOne);
  }

  @Test
  void moreIdsThanAWindowMayHaveAreCountedAndNotKept() {
    WindowLabels labels =
        labels(
            "windows: [{start: 0, end: 60, labels: {dc_id: a}}]\n" + REST,
            Map.of("a", ids(0, 50_000)));

    assertTrue(labels.missing(judged.getFirst(), "pools").startsWith("50000 pools are associated"));
    assertTrue(reserved < 1_000, "reserved " + reserved);
  }
}
