package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Which series are one alert, as in Prometheus.
class AlertIdentityTest extends MadeHistory {
  private static final String WINDOW = "windows: [{id: w, start: 0, duration: 9m}]\n";

  private List<String> offending(String yaml) {
    return verdicts(yaml).stream()
        .flatMap(v -> v.violation().stream())
        .flatMap(v -> v.top().stream())
        .map(s -> s.labels().toString())
        .toList();
  }

  @Test
  void seriesThatDifferOnlyInTheMetricAreOneAlert() {
    series("up", "a", "0 0 0 1 1 1 1 1 1 1");
    series("ready", "a", "1 1 1 0 0 0 0 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            constraints:
              - {name: broken, expr: '{__name__=~"up|ready"} == 0', for: 4m}
              - {name: down, expr: 'up == 0', for: 2m}
            """,
        "w broken conflict 4..6 total 3 longest 3 worst 0.0 series 1",
        "w down conflict 2..2 total 1 longest 1 worst 0.0 series 1");
  }

  @Test
  void twoOfThemAtOneTimeAreAnErrorOfTheWindowsThatMeetThem() {
    series("up", "a", "0 0 0 1 1 1 1 0 1 1");
    series("ready", "a", "1 1 1 0 0 1 1 0 1 1");
    assertVerdicts(
        """
        windows: [{id: early, start: 0, duration: 5m}, {id: late, start: 360, duration: 3m}]
        constraints: [{name: broken, expr: '{__name__=~"up|ready"} == 0', for: 4m}]
        """,
        "early broken conflict 4..4 total 1 longest 1 worst 0.0 series 1",
        "late broken error vector contains metrics with the same labelset after applying alert labels");
  }

  @Test
  void labelsOfARuleReplaceThoseOfTheSeries() {
    series("up", "a", "0 0 0 1 1 1 1 1 1 1");
    series("up", "b", "1 1 1 0 0 0 0 1 1 1");
    assertVerdicts(
        WINDOW
            + """
            groups:
              - name: g
                rules:
                  - {alert: Fixed, expr: up == 0, for: 4m, labels: {dc_id: x}}
                  - {alert: Removed, expr: up == 0, for: 4m, labels: {dc_id: ''}}
                  - {alert: Template, expr: up == 0, for: 3m, labels: {dc_id: '{{ $value }}'}}
                  - {alert: Twice, expr: up >= 0, labels: {dc_id: x$1}}
            """,
        "w Fixed conflict 4..6 total 3 longest 3 worst 0.0 series 1",
        "w Removed conflict 4..6 total 3 longest 3 worst 0.0 series 1",
        "w Template conflict 6..6 total 1 longest 1 worst 0.0 series 1",
        "w Twice error vector contains metrics with the same labelset after applying alert labels");
  }

  @Test
  void offendingSeriesHaveTheLabelsOfTheirAlert() {
    series("up", "a", "0 0 0 1 1 1 1 1 1 1");
    assertEquals(
        List.of(
            "{dc_id=\"a\"}", "{alertname=\"Down\", dc_id=\"a\", job=\"$1\", severity=\"page\"}"),
        offending(
            WINDOW
                + """
                constraints: [{name: c, expr: up == 0}]
                groups:
                  - name: g
                    labels: {job: $1}
                    rules: [{alert: Down, expr: up == 0, labels: {severity: page}}]
                """));
  }

  @Test
  void alertsOfARuleShareItsName() {
    series("up", "a", "0 0 0 0 0 0 0 0 0 0");
    assertVerdicts(
        WINDOW
            + """
            groups:
              - name: g
                rules:
                  - alert: Any
                    expr: >-
                      label_replace(up, "alertname", "A", "", "")
                      or label_replace(up, "alertname", "B", "", "")
            """,
        "w Any error vector contains metrics with the same labelset after applying alert labels");
  }
}
