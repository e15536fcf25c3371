package io.lamella.cli.bucket;

import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionOptions.DamagedSources;
import io.lamella.converter.parquet.WriteSettings;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Which servers a bucket has blocks of, and how the bucket is converted.
final class RandomSettings {
  private static final long MINUTE = 60_000;

  /// What decides which published blocks are of the same kind.
  record Kind(SortKey sortKey, BlockMeta.Rules rules) {}

  private final Random random;
  private final List<Labels> servers = new ArrayList<>();
  private final boolean statesLabels;
  private final boolean outside;
  private final boolean skewed;
  private final DamagedSources damaged;
  private Kind kind;

  RandomSettings(Random random) {
    this.random = random;
    int clusters = 1 + random.nextInt(2);
    int replicas = 1 + random.nextInt(3);
    for (int c = 0; c < clusters; c++) {
      for (int r = 0; r < replicas; r++) {
        servers.add(Labels.of("cluster", "c" + c, "replica", "r" + r));
      }
    }
    // The blocks of a Prometheus state no labels; a flag gives them.
    this.statesLabels = servers.size() > 1 || random.nextBoolean();
    this.outside = random.nextInt(3) == 0;
    this.skewed = random.nextInt(3) > 0;
    this.damaged = random.nextBoolean() ? DamagedSources.WAIT : DamagedSources.LEFT_OUT;
    this.kind = randomKind();
  }

  private Kind randomKind() {
    Set<String> replicaLabels = random.nextInt(3) > 0 ? Set.of("replica") : Set.of();
    BlockMeta.Dedup dedup = random.nextBoolean() ? BlockMeta.Dedup.MERGE : BlockMeta.Dedup.PENALTY;
    List<String> fold = random.nextInt(3) == 0 ? List.of("cluster") : List.of();
    SortKey key =
        switch (random.nextInt(4)) {
          case 0 -> new SortKey(List.of("host"));
          case 1 -> new SortKey(List.of("__name__", "cluster", "host"));
          default -> SortKey.DEFAULT;
        };
    return new Kind(key, new BlockMeta.Rules(replicaLabels, dedup, fold));
  }

  /// Other rules or another sort key from now on.
  void change() {
    kind = randomKind();
  }

  Kind kind() {
    return kind;
  }

  /// External labels of all servers.
  List<Labels> servers() {
    return servers;
  }

  /// The labels that the metas of a server's blocks state.
  Labels stated(Labels external) {
    return statesLabels ? external : Labels.EMPTY;
  }

  /// The labels that a flag gives to blocks that state none.
  Labels byFlag() {
    return statesLabels ? Labels.EMPTY : servers.getFirst();
  }

  /// How far the clock of the next server is ahead; the same for many of them, so that they have
  /// samples at the same times.
  long skewMillis() {
    return skewed && random.nextBoolean() ? (random.nextInt(181) - 90) * MINUTE / 3 : 0;
  }

  boolean hasSamplesOutside() {
    return outside;
  }

  /// Whether days of damaged blocks stay unpublished.
  boolean waits() {
    return damaged == DamagedSources.WAIT;
  }

  /// The options of the next run: of what does not change the samples, others each time.
  ConversionOptions options(Path work) {
    ConversionOptions out =
        ConversionOptions.defaults()
            .withWorkDirectory(work)
            .withSortKey(kind.sortKey())
            .withRules(kind.rules())
            .withDamaged(damaged)
            .withThreads(1 + random.nextInt(2))
            .withColumnMillis(
                random.nextBoolean() ? 86_400_000 : (5 + random.nextInt(8)) * 3_600_000L)
            .withSettings(random.nextInt(3) == 0 ? WriteSettings.DEFAULT : smallFiles());
    return out.withExternal(byFlag());
  }

  private WriteSettings smallFiles() {
    int pageBytes = 1 + random.nextInt(2000);
    return new WriteSettings(
        new WriteSettings.ShardSizes(
            1 + random.nextInt(12),
            1 + random.nextInt(8),
            3 + random.nextInt(6),
            1 + random.nextInt(20_000)),
        new WriteSettings.RowGroupSizes(1 + random.nextInt(8), 1 + random.nextInt(60)),
        1 + random.nextInt(5),
        new WriteSettings.ChunkPageSizes(
            1 + random.nextInt(2000), pageBytes, pageBytes + random.nextInt(4000)),
        1);
  }

  @Override
  public String toString() {
    return "servers="
        + servers
        + (statesLabels ? "" : " by flag")
        + " outside="
        + outside
        + " damaged="
        + damaged
        + " "
        + kind;
  }
}
