package io.lamella.gateway.http;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Rules of Prometheus that are wrong.
class BadGroupsTest extends BadBacktests {
  private void rule(String members, String path) {
    bad("groups[0].rules[0]" + path, WINDOWS + "groups: [{name: g, rules: [{" + members + "}]}]\n");
  }

  @Test
  void aRuleThatIsWrongIsNamed() throws Exception {
    rule("record: 'a:b', alert: A, expr: up", ".alert");
    rule("record: 'a:b', expr: up, for: 1m", ".for");
    rule("record: 'a:b', expr: up, keep_firing_for: 1m", ".keep_firing_for");
    rule("record: 'a:b', expr: up, annotations: {a: b}", ".annotations");
    rule("record: 'a:b', expr: up, severity: page", ".severity");
    rule("record: 'a:b', expr: up, labels: {__name__: b}", ".labels.__name__");
    rule("record: 'a:b', expr: up, labels: {a: [b]}", ".labels.a");
    rule("record: 'a:b'", ".expr");
    rule("record: ''", ".record");
    rule("record: 'up{}', expr: up", ".record");
    rule("expr: up", ".alert");
    rule("alert: A", ".expr");
    rule("alert: A, expr: 'sum('", ".expr");
    rule("alert: A, expr: '1'", ".expr");
    rule("alert: A, expr: up, for: x", ".for");
    rule("alert: A, expr: up, keep_firing_for: x", ".keep_firing_for");
    rule("alert: A, expr: up, severity: page", ".severity");
    rule("alert: A, expr: up, labels: x", ".labels");
    rule("alert: A, expr: up, labels: {a: [b]}", ".labels.a");
    rule("alert: A, expr: up, annotations: [x]", ".annotations");
    rule("alert: A, expr: up, annotations: {a: {b: c}}", ".annotations.a");
    assertRefused();
  }

  @Test
  void aGroupThatIsWrongIsNamed() throws Exception {
    bad("groups", WINDOWS + "groups: x\n");
    bad("groups[0]", WINDOWS + "groups: [x]\n");
    bad("groups[0].name", WINDOWS + "groups: [{rules: []}]\n");
    bad("groups[0].interval", WINDOWS + "groups: [{name: g, interval: x}]\n");
    bad("groups[0].query_offset", WINDOWS + "groups: [{name: g, query_offset: -1m}]\n");
    bad("groups[0].limit", WINDOWS + "groups: [{name: g, limit: x}]\n");
    bad("groups[0].labels", WINDOWS + "groups: [{name: g, labels: x}]\n");
    bad("groups[0].source", WINDOWS + "groups: [{name: g, source: x}]\n");
    bad("groups[0].rules", WINDOWS + "groups: [{name: g, rules: x}]\n");
    bad("groups[0].rules[0]", WINDOWS + "groups: [{name: g, rules: [x]}]\n");
    bad("groups[1].name", WINDOWS + "groups: [{name: g}, {name: g}]\n");
    bad("constraints", WINDOWS + "groups: [{name: g, rules: []}]\n");
    assertRefused();
  }

  @Test
  void aRecordingRuleNeedsAnExpression() throws Exception {
    for (String expr : List.of("'sum('", "'up[5m]'", "'\"text\"'", "'up > $limit'", "r")) {
      bad(
          "groups[0].rules[0].expr",
          WINDOWS
              + CONSTRAINTS
              + "groups: [{name: g, rules: [{record: r, expr: VALUE}]}]\n".replace("VALUE", expr));
    }
    assertRefused();
  }
}
