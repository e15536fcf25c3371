package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// What recording rules record can be read like history.
class RecordingRulesTest extends MadeHistory {
  private static final String WINDOW = "windows: [{id: w, start: 0, duration: 9m}]\n";

  private void assertRefused(String yaml, String error) {
    assertEquals(error, assertThrows(BacktestException.class, () -> verdicts(yaml)).getMessage());
  }

  @Test
  void aConstraintReadsTheValuesOfTheTimesAtWhichAGroupIsEvaluated() {
    series("up", "a", "1 1 1 1 0 0 0 1 1 1");
    series("up", "b", "1 1 1 0 0 0 0 0 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: low, expr: 'up:sum < 2'}]
            groups:
              - name: g
                interval: 3m
                rules: [{record: 'up:sum', expr: sum(up)}]
            """,
        "w low conflict 3..8 total 6 longest 6 worst 0.0 series 1");
  }

  @Test
  void aGroupIsEvaluatedEachMinuteUnlessItSaysOtherwise() {
    series("up", "a", "1 1 1 1 0 0 0 1 1 1");
    assertVerdicts(
        """
        step: 30s
        windows: [{id: w, start: 0, duration: 9m}]
        constraints: [{name: down, expr: 'changes(r[90s]) > 1'}, {name: each, expr: 'count_over_time(r[3m]) > 3'}, {name: three, expr: 'count_over_time(r[3m]) > 2'}]
        groups: [{name: g, rules: [{record: r, expr: up}]}]
        """,
        "w down ok",
        "w each ok",
        "w three conflict 2..9 total 7 longest 7 worst 3.0 series 1");
  }

  @Test
  void aRuleReadsWhatThoseBeforeItRecordedAtTheSameTime() {
    series("up", "a", "1 1 2 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: high, expr: 'r:twice > 2'}]
            groups:
              - name: g
                rules:
                  - {record: 'r:once', expr: up + 0}
                  - {record: 'r:twice', expr: '2 * r:once'}
            """,
        "w high conflict 2..2 total 1 longest 1 worst 4.0 series 1");
  }

  @Test
  void aRuleReadsWhatOtherGroupsRecordWhereverTheyStand() {
    series("up", "a", "1 1 2 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: high, expr: 'r:twice > 2'}]
            groups:
              - {name: g, rules: [{record: 'r:twice', expr: '2 * r:once'}]}
              - {name: h, rules: [{record: 'r:once', expr: up + 0}]}
            """,
        "w high conflict 2..2 total 1 longest 1 worst 4.0 series 1");
  }

  @Test
  void aSeriesThatARuleHasNoMoreIsStaleAtOnce() {
    series("up", "a", "1 1 1 1 0 0 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: there, expr: r}]
            groups: [{name: g, interval: 2m, rules: [{record: r, expr: up == 1}]}]
            """,
        "w there conflict 0..9 total 8 longest 4 worst 1.0 series 1");
  }

  @Test
  void whatIsRecordedReplacesHistoryOfTheSameName() {
    series("r", "a", "7 7 7 7 7 7 7 7 7 7");
    series("r", "b", "7 7 7 7 7 7 7 7 7 7");
    series("ra", "a", "7 7 7 7 7 7 7 7 7 7");
    series("up", "a", "1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints:
              - {name: by-name, expr: r}
              - {name: other-labels, expr: 'r{dc_id="b"}', on_no_data: ok}
              - {name: by-pattern, expr: 'count({__name__=~"r.*"}) + sum({__name__=~"r.*"})'}
            groups: [{name: g, rules: [{record: r, expr: up}]}]
            """,
        "w by-name conflict 0..9 total 10 longest 10 worst 1.0 series 1",
        "w other-labels ok",
        "w by-pattern conflict 0..9 total 10 longest 10 worst 10.0 series 1");
  }

  @Test
  void seriesGetTheLabelsOfTheirRule() {
    series("up", "a", "1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints:
              - {name: match, expr: 'r{team="x", kind="k", dc_id=""}'}
              - {name: other, expr: 'r{team="y"}', on_no_data: ok}
            groups:
              - name: g
                labels: {team: z, kind: k}
                rules: [{record: r, expr: up, labels: {team: x, dc_id: ''}}]
            """,
        "w match conflict 0..9 total 10 longest 10 worst 1.0 series 1",
        "w other ok");
  }

  @Test
  void rulesOfOneNameRecordTogether() {
    series("up", "a", "1 1 1 1 1 _ _ _ _ _");
    series("up", "b", "_ _ _ _ _ 2 2 2 2 2");
    assertVerdicts(
        WINDOW
            + """
            constraints:
              - {name: sum, expr: 'sum(r{kind="each"})'}
              - {name: first, expr: 'r{kind="same"} != 5'}
            groups:
              - name: g
                rules:
                  - {record: r, expr: 'up == 1', labels: {kind: each}}
                  - {record: r, expr: 'up == 2', labels: {kind: each}}
                  - {record: r, expr: '5', labels: {kind: same}}
                  - {record: r, expr: '6', labels: {kind: same}}
            """,
        "w sum conflict 0..9 total 10 longest 10 worst 3.0 series 1",
        "w first ok");
  }

  @Test
  void seriesThatLabelsMakeEqualAreAnError() {
    series("up", "a", "1 1 1 1 1 1 1 1 1 1");
    series("up", "b", "1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: c, expr: r}]
            groups: [{name: g, rules: [{record: r, expr: up, labels: {dc_id: ''}}]}]
            """,
        "w c error recording rule \"r\" of groups[0].rules[0]: vector contains metrics with the same labelset after applying rule labels");
  }

  @Test
  void moreSeriesThanTheLimitOfTheGroupAreAnErrorOfTheWindowsThatMeetThem() {
    series("up", "a", "1 1 1 1 1 1 1 1 1 1");
    series("up", "b", "_ _ _ _ _ _ 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: early, start: 0, duration: 3m}, {id: late, start: 360, duration: 3m}]
        constraints: [{name: c, expr: r == 0}]
        groups: [{name: g, limit: 1, rules: [{record: r, expr: up}]}]
        """,
        "early c ok",
        "late c error recording rule \"r\" of groups[0].rules[0]: exceeded limit of 1 with 2 series");
  }

  @Test
  void aRuleIsEvaluatedForTheSeriesThatAreAskedFor() {
    series("up", "a", "1 1 1 1 1 1 1 1 1 1");
    series("up", "b", "1 1 1 1 1 1 1 1 1 1");
    // Together with the former, it has no sum with a label set of its own.
    series("other", "b", "1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints:
              - {name: one, expr: 'r{dc_id="a", kind="k"}'}
              - {name: set, expr: 'r{kind="other"}', on_no_data: ok}
              - {name: all, expr: 'r'}
            groups:
              - name: g
                rules: [{record: r, expr: '{__name__=~"up|other"} + 0', labels: {kind: k}}]
            """,
        "w one conflict 0..9 total 10 longest 10 worst 1.0 series 1",
        "w set ok",
        "w all error recording rule \"r\" of groups[0].rules[0]: vector cannot contain metrics with the same labelset");
  }

  @Test
  void anOffsetOfTheGroupIsThatOfItsSamples() {
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: c, expr: timestamp(r) + r}]
            groups: [{name: g, query_offset: 20s, rules: [{record: r, expr: time()}]}]
            """,
        "w c conflict 0..9 total 10 longest 10 worst 1040.0 series 1");
  }

  @Test
  void rulesAreEvaluatedBeforeTheWindowWhereSelectorsReachThere() {
    series("up", "a", "1 1 1 9 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 600, duration: 9m}]
        constraints: [{name: c, expr: 'max_over_time(r[3m] offset 7m) > 1'}]
        groups: [{name: g, rules: [{record: r, expr: up}]}]
        """,
        "w c conflict 10..12 total 3 longest 3 worst 9.0 series 1");
  }

  @Test
  void aRuleThatDependsOnTheStartOfItsQueryIsEvaluatedOneTimeAfterAnother() {
    series("up", "a", "1 2 3 4 5 6 7 8 9 10");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: c, expr: r != 0}]
            groups: [{name: g, rules: [{record: r, expr: up - up @ start()}]}]
            """,
        "w c ok");
  }

  @Test
  void windowsMayBeThoseThatARuleRecords() {
    series("up", "a", "1 1 0 0 1 1 1 1 1 1");
    assertVerdicts(
        """
        start: 0
        end: 540
        windows_from: {expr: broken}
        constraints: [{name: c, expr: up == 0}]
        groups: [{name: g, rules: [{record: broken, expr: up == bool 0}]}]
        """,
        "dc_id=a@1970-01-01T00:02:00Z c conflict 2..3 total 2 longest 2 worst 0.0 series 1");
  }

  @Test
  void aRuleMayReadTheWindows() {
    assertVerdicts(
        """
        windows:
          - {id: first, start: 0, end: 300}
          - {id: second, start: 180, end: 600}
        constraints: [{name: c, expr: open > 1}]
        groups: [{name: g, rules: [{record: open, expr: count(maintenance_window)}]}]
        """,
        "first c conflict 3..4 total 2 longest 2 worst 2.0 series 1",
        "second c conflict 3..4 total 2 longest 2 worst 2.0 series 1");
  }

  @Test
  void whatIsRecordedIsData() {
    series("up", "a", "1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: early, start: 0, end: 180}, {id: late, start: 6000, end: 6180}]
        constraints: [{name: c, expr: r == 0}]
        groups: [{name: g, rules: [{record: r, expr: up}]}]
        """,
        "early c ok",
        "late c no_data");
  }

  @Test
  void aVerdictOnRecordedValuesHasNoQueryAsEvidence() {
    series("up", "a", "1 1 1 1");
    assertEquals(
        java.util.List.of(false, true),
        verdicts(
                WINDOW
                    + """
                    constraints: [{name: c, expr: r}, {name: d, expr: up}]
                    groups: [{name: g, rules: [{record: r, expr: up}]}]
                    """)
            .stream()
            .map(v -> v.evidence().isPresent())
            .toList());
  }

  @Test
  void aRuleThatReadsItselfIsRefused() {
    assertRefused(
        WINDOW
            + """
            constraints: [{name: c, expr: r}]
            groups: [{name: g, rules: [{record: r, expr: r + 1 or vector(0)}]}]
            """,
        "groups[0].rules[0].expr: reads \"r\", which it records itself; its values would depend on all evaluations before");
  }

  @Test
  void aRuleThatReadsWhatALaterOneOfItsGroupRecordsIsRefused() {
    assertRefused(
        WINDOW
            + """
            constraints: [{name: c, expr: r}]
            groups: [{name: g, rules: [{record: r, expr: s}, {record: s, expr: up}]}]
            """,
        "groups[0].rules[0].expr: reads \"s\", which groups[0].rules[1] records after it; put that rule before this one");
  }

  @Test
  void groupsThatReadEachOtherAreRefused() {
    assertRefused(
        WINDOW
            + """
            constraints: [{name: c, expr: r}]
            groups:
              - {name: g, rules: [{record: r, expr: s}]}
              - {name: h, rules: [{record: s, expr: 'sum({__name__=~"r|t"})'}]}
            """,
        "groups[1].rules[0].expr: reads \"r\" of groups[0].rules[0], which in turn depends on it");
  }

  @Test
  void aLongChainOfRulesIsRefused() {
    StringBuilder rules = new StringBuilder("{record: r0, expr: up}");
    for (int i = 1; i < 40; i++) {
      rules.append(", {record: r" + i + ", expr: r" + (i - 1) + "}");
    }
    assertRefused(
        WINDOW + "constraints: [{name: c, expr: r0}]\ngroups: [{name: g, rules: [" + rules + "]}]",
        "groups[0].rules[32].expr: more than 32 recording rules read each other in a chain");
  }

  @Test
  void aRuleIsNotEvaluatedMoreThanAMillionTimes() {
    series("up", "a", "1 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints: [{name: c, expr: 'count_over_time(r[1h]) > 1'}]
            groups: [{name: g, interval: 1ms, rules: [{record: r, expr: up}]}]
            """,
        "w c error recording rule \"r\" of groups[0].rules[0]: 4140000 evaluations, limit 1000000; use a longer interval");
  }
}
