package io.lamella.converter;

import io.lamella.converter.parquet.WriteSettings;
import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.PlanSettings;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.model.Labels;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// The settings of a conversion.
///
/// @param columnMillis width of a data column
/// @param selection which days are converted
/// @param grace days are converted when they ended this long ago
/// @param debrisDelay files of blocks without a meta are removed when they are older than this
/// @param damaged what becomes of days of which a source block is damaged
/// @param external labels of source blocks that state none, as those of a Prometheus
public record ConversionOptions(
    SortKey sortKey,
    BlockMeta.Rules rules,
    WriteSettings settings,
    long columnMillis,
    DaySelection selection,
    Resources resources,
    Duration grace,
    Duration debrisDelay,
    DamagedSources damaged,
    Labels external) {
  /// What becomes of days of which a source block is damaged.
  public enum DamagedSources {
    /// They stay unpublished.
    WAIT,
    /// They are converted without the damaged block.
    LEFT_OUT
  }

  /// What a conversion may use.
  ///
  /// @param workDirectory for temporary files
  /// @param diskBytes limit of the copies of source blocks
  /// @param memoryBytes for the sorted series of all days that are converted at once
  /// @param threads for all days together
  /// @param parallelDays number of days that are converted at once
  public record Resources(
      Path workDirectory, long diskBytes, long memoryBytes, int threads, int parallelDays) {
    public Resources {
      if (diskBytes < 1 || memoryBytes < 1 || threads < 1 || parallelDays < 1) {
        throw new IllegalArgumentException(
            "cannot convert with "
                + diskBytes
                + " bytes of disk, "
                + memoryBytes
                + " bytes of memory, "
                + threads
                + " threads and "
                + parallelDays
                + " days at once: all must be positive");
      }
    }
  }

  public ConversionOptions {
    if (columnMillis < 60_000) {
      throw new IllegalArgumentException(
          "cannot convert in columns of " + columnMillis + " ms: at least 60000");
    }
  }

  public static ConversionOptions defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ConversionOptions(
        SortKey.DEFAULT,
        BlockMeta.Rules.NONE,
        WriteSettings.DEFAULT,
        86_400_000,
        DaySelection.ALL,
        new Resources(
            Path.of(System.getProperty("java.io.tmpdir")),
            Long.MAX_VALUE,
            256L << 20,
            processors,
            processors),
        Duration.ZERO,
        Duration.ofHours(2),
        DamagedSources.WAIT,
        Labels.EMPTY);
  }

  /// The settings of the planner.
  PlanSettings planSettings(Instant now) {
    TimeSpan times = selection.times();
    long ended = now.minus(grace).toEpochMilli();
    // The first instant of the day that had not ended then.
    long open = Math.floorDiv(ended, Planner.DAY_MILLIS) * Planner.DAY_MILLIS;
    long end = grace.isZero() ? times.endMillis() : Math.min(times.endMillis(), open);
    return new PlanSettings(
        sortKey,
        rules,
        columnMillis,
        selection.withTimes(new TimeSpan(Math.min(times.startMillis(), end), end)),
        "lamella " + BuildVersion.NUMBER);
  }

  private Copy copy() {
    return new Copy(this);
  }

  /// Makes copies with one change.
  private static final class Copy {
    private SortKey sortKey;
    private BlockMeta.Rules rules;
    private WriteSettings settings;
    private long columnMillis;
    private DaySelection selection;
    private Resources resources;
    private Duration grace;
    private Duration debrisDelay;
    private DamagedSources damaged;
    private Labels external;

    Copy(ConversionOptions o) {
      sortKey = o.sortKey;
      rules = o.rules;
      settings = o.settings;
      columnMillis = o.columnMillis;
      selection = o.selection;
      resources = o.resources;
      grace = o.grace;
      debrisDelay = o.debrisDelay;
      damaged = o.damaged;
      external = o.external;
    }

    ConversionOptions build() {
      return new ConversionOptions(
          sortKey,
          rules,
          settings,
          columnMillis,
          selection,
          resources,
          grace,
          debrisDelay,
          damaged,
          external);
    }
  }

  public ConversionOptions withSortKey(SortKey sortKey) {
    Copy c = copy();
    c.sortKey = sortKey;
    return c.build();
  }

  public ConversionOptions withRules(BlockMeta.Rules rules) {
    Copy c = copy();
    c.rules = rules;
    return c.build();
  }

  public ConversionOptions withReplicaLabels(Set<String> replicaLabels) {
    return withRules(new BlockMeta.Rules(replicaLabels, rules.dedup(), rules.foldLabels()));
  }

  public ConversionOptions withDedup(BlockMeta.Dedup dedup) {
    return withRules(new BlockMeta.Rules(rules.replicaLabels(), dedup, rules.foldLabels()));
  }

  public ConversionOptions withFoldLabels(List<String> foldLabels) {
    return withRules(new BlockMeta.Rules(rules.replicaLabels(), rules.dedup(), foldLabels));
  }

  public ConversionOptions withSettings(WriteSettings settings) {
    Copy c = copy();
    c.settings = settings;
    return c.build();
  }

  public ConversionOptions withColumnMillis(long columnMillis) {
    Copy c = copy();
    c.columnMillis = columnMillis;
    return c.build();
  }

  public ConversionOptions withSelection(DaySelection selection) {
    Copy c = copy();
    c.selection = selection;
    return c.build();
  }

  public ConversionOptions withResources(Resources resources) {
    Copy c = copy();
    c.resources = resources;
    return c.build();
  }

  public ConversionOptions withWorkDirectory(Path workDirectory) {
    Resources r = resources;
    return withResources(
        new Resources(
            workDirectory, r.diskBytes(), r.memoryBytes(), r.threads(), r.parallelDays()));
  }

  /// Threads for all days together, and as many days at once.
  public ConversionOptions withThreads(int threads) {
    Resources r = resources;
    return withResources(
        new Resources(r.workDirectory(), r.diskBytes(), r.memoryBytes(), threads, threads));
  }

  public ConversionOptions withDiskBytes(long diskBytes) {
    Resources r = resources;
    return withResources(
        new Resources(
            r.workDirectory(), diskBytes, r.memoryBytes(), r.threads(), r.parallelDays()));
  }

  public ConversionOptions withGrace(Duration grace) {
    Copy c = copy();
    c.grace = grace;
    return c.build();
  }

  public ConversionOptions withDebrisDelay(Duration debrisDelay) {
    Copy c = copy();
    c.debrisDelay = debrisDelay;
    return c.build();
  }

  public ConversionOptions withDamaged(DamagedSources damaged) {
    Copy c = copy();
    c.damaged = damaged;
    return c.build();
  }

  public ConversionOptions withExternal(Labels external) {
    Copy c = copy();
    c.external = external;
    return c.build();
  }
}
