package io.lamella.gateway.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelabelRuleTest {
  private static boolean keeps(String yaml, Labels external) {
    return RelabelRule.parse(yaml).stream()
        .allMatch(r -> r.keeps(external, "01JWMCKG00S0QAZ6V2XXT01W8K"));
  }

  @Test
  void keepAndDropTestTheJoinedLabels() {
    String keep = "[{action: keep, source_labels: [cluster, replica], regex: 'eu.*;1'}]";
    assertTrue(keeps(keep, Labels.of("cluster", "eu1", "replica", "1")));
    assertEquals(false, keeps(keep, Labels.of("cluster", "us1", "replica", "1")));
    String drop = "[{action: drop, source_labels: [cluster], regex: eu1}]";
    assertEquals(false, keeps(drop, Labels.of("cluster", "eu1")));
    assertTrue(keeps(drop, Labels.of("cluster", "eu10")));
  }

  @Test
  void aBlockIsChosenByItsUlid() {
    assertTrue(keeps("[{action: keep, source_labels: [__block_id], regex: 01JW.*}]", Labels.EMPTY));
  }

  @Test
  void hashmodIsThatOfThanos() {
    assertEquals("2", RelabelRule.hash("eu1;1", 4));
    String second =
        "- {action: hashmod, source_labels: [cluster, replica], modulus: 4, target_label: shard}\n"
            + "- {action: keep, source_labels: [shard], regex: 2}\n";
    assertTrue(keeps(second, Labels.of("cluster", "eu1", "replica", "1")));
  }

  @Test
  void everyRuleAfterHashmodSeesTheHash() {
    String rules =
        "- {action: hashmod, source_labels: [cluster, replica], modulus: 4, target_label: shard}\n"
            + "- {action: drop, source_labels: [cluster], regex: us.*}\n"
            + "- {action: keep, source_labels: [shard], regex: '1|2'}\n"
            + "- {action: drop, source_labels: [shard], regex: 1}\n";
    assertTrue(keeps(rules, Labels.of("cluster", "eu1", "replica", "1")));
    assertEquals(
        false,
        keeps(
            rules + "- {action: drop, source_labels: [shard], regex: 2}\n",
            Labels.of("cluster", "eu1", "replica", "1")));
  }

  @Test
  void otherRulesAreRefusedByName() {
    for (List<String> wrong :
        List.of(
            List.of("[{action: replace}]", "action \"replace\" is not one of keep, drop, hashmod"),
            List.of("{action: keep}", "it is no list"),
            List.of("[{action: keep, regexp: a}]", "unknown key \"regexp\" in line 1"),
            List.of("[{action: hashmod, target_label: a, modulus: 0}]", "key \"modulus\""),
            List.of("[{action: hashmod, modulus: 2}]", ""),
            List.of("[{action: keep, regex: '('}]", "regex \"(\""))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> RelabelRule.parse(wrong.getFirst()));
      assertTrue(String.valueOf(e.getMessage()).startsWith(wrong.getLast()), e::getMessage);
    }
  }
}
