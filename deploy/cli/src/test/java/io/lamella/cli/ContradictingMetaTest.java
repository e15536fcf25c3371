package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.select.PrefetchLimits;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A meta that states other values of the sort key than the block has. The gateway leaves out
/// shards by them, so it must not believe them.
class ContradictingMetaTest {
  private static final GatewayOptions PREFETCHED =
      GatewayOptions.defaults()
          .withoutResultsCache()
          .withPrefetch(new PrefetchLimits(8 << 20, 1 << 20, Duration.ofMinutes(1)));
  private static final GatewayOptions NOT_PREFETCHED =
      GatewayOptions.defaults()
          .withoutResultsCache()
          .withPrefetch(new PrefetchLimits(0, 0, Duration.ZERO));

  @TempDir Path directory;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private void publish(UnaryOperator<BlockMeta.Structure> lie) throws Exception {
    BlockMeta meta =
        new HandMadeBlock()
            .add("errors", "1", DAY, DAY + 60_000)
            .add("up", "1", DAY, DAY + 60_000)
            .add("up", "2", DAY, DAY + 60_000)
            .write(directory, store);
    HandMadeBlock.put(
        new BlockMeta(
            meta.ulid(),
            meta.coverage(),
            meta.lineage(),
            lie.apply(meta.structure()),
            meta.counts()),
        store);
  }

  private static BlockMeta.Structure keys(
      BlockMeta.Structure honest, List<String> first, List<String> last) {
    BlockMeta.Shard s = honest.shards().getFirst();
    return new BlockMeta.Structure(
        honest.sortKey(),
        honest.columnMillis(),
        List.of(
            new BlockMeta.Shard(
                s.rows(), s.rowGroups(), first, last, s.labels(), s.chunks(), s.manifest())));
  }

  private int results(GatewayOptions options, String query) throws Exception {
    try (Gateway gateway = Gateway.open(store, options)) {
      Value value =
          gateway.queries().instant(query, DAY + 60_000, QueryOptions.NONE).value().value();
      return value instanceof Value.Vector v ? v.samples().size() : -1;
    }
  }

  private void assertRefused(GatewayOptions options, String query, String what) {
    QueryException e =
        assertThrows(QueryException.CorruptBlock.class, () -> results(options, query));
    assertTrue(String.valueOf(e.getMessage()).contains(what), e.getMessage());
  }

  @Test
  void theTruthIsBelieved() throws Exception {
    publish(s -> s);

    assertEquals(2, results(PREFETCHED, "up"));
    assertEquals(0, results(PREFETCHED, "zzz"));
  }

  @Test
  void aShardThatItsMetaHidesIsNotLeftOut() throws Exception {
    publish(s -> keys(s, List.of("errors", "1"), List.of("errors", "1")));

    assertRefused(
        PREFETCHED,
        "up",
        "last value of the sort key [up, 2], expected [errors, 1] [object=blocks/");
  }

  @Test
  void aShardWithAnotherFirstKeyIsNotOpened() throws Exception {
    publish(s -> keys(s, List.of("up", "1"), List.of("up", "2")));

    assertRefused(
        NOT_PREFETCHED, "up", "first value of the sort key [errors, 1], expected [up, 1]");
  }

  @Test
  void aShardWithAnotherSortKeyIsNotOpened() throws Exception {
    publish(s ->
        new BlockMeta.Structure(
            new SortKey(List.of("__name__", "instance")), s.columnMillis(), s.shards()));

    assertRefused(
        NOT_PREFETCHED, "up", "sort key [__name__, dc_id], expected [__name__, instance]");
  }
}
