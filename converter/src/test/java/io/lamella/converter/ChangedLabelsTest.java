package io.lamella.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.block.Ulid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// External labels of source blocks that are changed in place are noticed.
class ChangedLabelsTest extends ConversionCase {
  private Ulid block;

  @BeforeEach
  void open() throws Exception {
    block = bucket.add(0, DAY, Map.of("dc_id", "1"), 2);
    bucket.add(0, DAY, Map.of("dc_id", "2"), 2);
  }

  @Test
  void aChangedFoldLabelPlansTheDayAgain() throws Exception {
    options = options.withFoldLabels(List.of("dc_id"));
    convert();
    bucket.edit(block, "\"dc_id\": ?\"1\"", "\"dc_id\": \"7\"");

    assertEquals(1, convert().published());

    assertEquals(1, visible().size());
    assertEquals(List.of("up", "7"), visible().getFirst().shards().getLast().lastKey());
    assertEquals(0, convert().published());
  }

  @Test
  void aChangedStreamLabelMovesTheDayToTheOtherStream() throws Exception {
    convert();
    bucket.edit(block, "\"dc_id\": ?\"1\"", "\"dc_id\": \"7\"");

    assertEquals(1, convert().published());

    assertEquals(
        List.of("2", "7"),
        visible().stream().map(m -> m.external().value("dc_id")).sorted().toList());
  }

  @Test
  void anotherMemberOfTheMetaPlansNothing() throws Exception {
    convert();
    bucket.edit(block, "\"version\": ?1", "\"version\": 1, \"extra\": 1");

    assertEquals(0, convert().published());
  }
}
