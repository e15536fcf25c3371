package io.lamella.gateway.http;

import org.junit.jupiter.api.Test;

/// Associations of a request that are wrong.
class BadAssociationsTest extends BadBacktests {
  private void association(String members, String path) {
    bad("associations[0]" + path, WINDOWS + CONSTRAINTS + "associations: [{" + members + "}]\n");
  }

  @Test
  void anAssociationThatIsWrongIsNamed() throws Exception {
    String rest = ", metric: up, from: dc_id, to: pool";
    for (String name : NO_LABELS) {
      association("type: " + name + rest, ".type");
      association("type: pools, inverse: " + name + rest, ".inverse");
      association("type: pools, metric: up, to: pool, from: " + name, ".from");
      association("type: pools, metric: up, from: dc_id, to: " + name, ".to");
    }
    each(
        NO_VECTORS,
        "associations[0].metric",
        WINDOWS
            + CONSTRAINTS
            + "associations: [{type: pools, metric: VALUE, from: dc_id, to: pool}]\n");
    association("type: pools, metric: up offset 5m, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: up @ 5, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: sum(up), from: dc_id, to: pool", ".metric");
    association("type: pools, metric: " + "a".repeat(1001) + ", from: dc_id, to: pool", ".metric");
    association(
        "type: pools, metric: '{a=~\"((x{1000}){1000}){9}\"}', from: dc_id, to: pool", ".metric");
    association("metric: up, from: dc_id, to: pool", ".type");
    association("type: pools, from: dc_id, to: pool", ".metric");
    association("type: pools, metric: up, to: pool", ".from");
    association("type: pools, metric: up, from: dc_id", ".to");
    association("type: pools, metric: up, from: dc_id, to: dc_id", ".to");
    association("type: pools, inverse: pools" + rest, ".inverse");
    association("type: pools, color: red" + rest, ".color");
    association("type: [pools]" + rest, ".type");
    each(NO_LISTS, "associations", WINDOWS + CONSTRAINTS + "associations: VALUE\n");
    bad("associations[0]", WINDOWS + CONSTRAINTS + "associations: [x]\n");
    String two = "{type: VALUE, metric: up, from: a, to: b}";
    bad(
        "associations[1].type",
        WINDOWS + CONSTRAINTS + "associations: [VALUE, VALUE]".replace("VALUE", two));
    bad(
        "associations",
        WINDOWS + CONSTRAINTS + "associations: [" + (two + ", ").repeat(101) + "]\n");
    assertRefused();
  }
}
