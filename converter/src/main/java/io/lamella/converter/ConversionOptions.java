package io.lamella.converter;

import io.lamella.converter.parquet.WriteSettings;
import io.lamella.storage.block.SortKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// The settings of a conversion.
///
/// @param columnMillis width of a data column
/// @param workDirectory for temporary files
/// @param threads number of days that are converted in parallel
/// @param debrisDelay files of blocks without a meta are removed when they are older than this
public record ConversionOptions(
    SortKey sortKey,
    WriteSettings settings,
    long columnMillis,
    Set<String> replicaLabels,
    Path workDirectory,
    int threads,
    Duration debrisDelay) {
  public ConversionOptions {
    replicaLabels = Set.copyOf(replicaLabels);
    if (columnMillis < 60_000 || threads < 1) {
      throw new IllegalArgumentException(
          "cannot convert in columns of " + columnMillis + " ms with " + threads + " threads");
    }
  }

  public static ConversionOptions defaults() {
    return new ConversionOptions(
        SortKey.DEFAULT,
        WriteSettings.DEFAULT,
        86_400_000,
        Set.of(),
        Path.of(System.getProperty("java.io.tmpdir")),
        Runtime.getRuntime().availableProcessors(),
        Duration.ofHours(2));
  }

  public ConversionOptions withSortKey(SortKey sortKey) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }

  public ConversionOptions withSettings(WriteSettings settings) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }

  public ConversionOptions withColumnMillis(long columnMillis) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }

  public ConversionOptions withReplicaLabels(Set<String> replicaLabels) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }

  public ConversionOptions withWorkDirectory(Path workDirectory) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }

  public ConversionOptions withThreads(int threads) {
    return new ConversionOptions(
        sortKey, settings, columnMillis, replicaLabels, workDirectory, threads, debrisDelay);
  }
}
