package io.lamella.converter.parquet;

import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.ValueStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the labels file and the chunks file of a shard, and their manifest. Rows are added in the
/// order of the sort key; row i is the same series in both files, and both have the same row
/// groups.
public final class ShardWriter implements AutoCloseable {
  /// The metadata of both files of a shard.
  ///
  /// @param lastMillis the last instant of the block, so that readers do not expect a further,
  ///   empty column
  public record Header(long minTimeMillis, long lastMillis, long columnMillis, SortKey sortKey) {
    int dataColumns() {
      return BlockSchema.dataColumns(minTimeMillis, lastMillis, columnMillis);
    }

    Map<String, String> keyValues() {
      Map<String, String> out = new LinkedHashMap<>();
      out.put(BlockSchema.MIN_TIME_KEY, Long.toString(minTimeMillis));
      out.put(BlockSchema.MAX_TIME_KEY, Long.toString(lastMillis));
      out.put(BlockSchema.COLUMN_DURATION_KEY, Long.toString(columnMillis));
      out.put(BlockSchema.VERSION_KEY, Integer.toString(BlockMeta.VERSION));
      out.put(BlockSchema.SORT_KEY_KEY, sortKey.toString());
      out.put(BlockSchema.NEW_ENCODINGS_KEY, "false");
      return out;
    }
  }

  private final WriteSettings settings;
  private final LabelsFileWriter labels;
  private final ChunksFileWriter chunks;
  private final int[] sortNames;
  private final Map<String, String> keyValues;
  private final Path directory;
  private final int shard;
  private final Symbols symbols;
  private final RunDirectory.RunsBuilder runs;
  private final ValueStatistics[] run;
  private int runRows;
  private int[] lastKey = {};
  private List<String> firstKey = List.of();
  private long rows;
  private int groupRows;

  private ShardWriter(
      Path directory,
      int shard,
      Header header,
      Symbols symbols,
      WriteSettings settings,
      LabelsFileWriter labels,
      ChunksFileWriter chunks,
      int[] sortNames,
      Map<String, String> keyValues) {
    this.directory = directory;
    this.shard = shard;
    this.symbols = symbols;
    this.runs = new RunDirectory.RunsBuilder(header.sortKey().labels(), header.dataColumns());
    this.run = new ValueStatistics[header.dataColumns()];
    Arrays.setAll(run, _ -> new ValueStatistics());
    this.keyValues = keyValues;
    this.settings = settings;
    this.labels = labels;
    this.chunks = chunks;
    this.sortNames = sortNames;
  }

  /// @param directory for the files
  /// @param names symbol numbers of all label names that will occur, ascending
  public static ShardWriter create(
      Path directory,
      int shard,
      Header header,
      WriteSettings settings,
      Symbols symbols,
      int[] names)
      throws IOException {
    Map<String, String> keyValues = header.keyValues();
    LabelsFileWriter labels =
        LabelsFileWriter.create(
            directory.resolve(BlockNames.labelsFile(shard)),
            symbols,
            settings,
            names,
            header.dataColumns(),
            header.sortKey().labels(),
            keyValues);
    ChunksFileWriter chunks;
    try {
      chunks =
          ChunksFileWriter.create(
              directory.resolve(BlockNames.chunksFile(shard)),
              settings,
              header.dataColumns(),
              keyValues);
    } catch (IOException e) {
      labels.close();
      throw e;
    }
    int[] sortNames = new int[header.sortKey().labels().size()];
    for (int i = 0; i < sortNames.length; i++) {
      sortNames[i] = -1;
      for (int name : names) {
        if (symbols.value(name).equals(header.sortKey().labels().get(i))) {
          sortNames[i] = name;
        }
      }
    }
    return new ShardWriter(
        directory, shard, header, symbols, settings, labels, chunks, sortNames, keyValues);
  }

  public void add(SeriesRow row) throws IOException {
    int[] key = key(row.labels);
    boolean isNew = !Arrays.equals(key, lastKey);
    if (groupRows > 0 && isNew) {
      labels.endRun();
      chunks.endRun();
    }
    if (runRows > 0 && isNew) {
      endRun();
    }
    if (groupRows == settings.rowGroupRows()) {
      endRowGroup();
    }
    lastKey = key;
    if (rows == 0) {
      firstKey = values(key);
    }
    labels.add(row);
    chunks.add(row);
    groupRows++;
    rows++;
    runRows++;
    for (int c = 0; c < run.length; c++) {
      run[c].add(row.statistics[c]);
    }
  }

  private List<String> values(int[] key) {
    List<String> out = new ArrayList<>();
    for (int value : key) {
      out.add(value < 0 ? "" : symbols.value(value));
    }
    return out;
  }

  private void endRun() {
    runs.add(values(lastKey), runRows, run);
    runRows = 0;
    for (ValueStatistics s : run) {
      s.clear();
    }
  }

  /// Notes in both files that chunk encodings beyond 1–3 occur, which Go readers refuse.
  public void markNewEncodings() {
    keyValues.put(BlockSchema.NEW_ENCODINGS_KEY, "true");
  }

  private int[] key(int[] pairs) {
    int[] key = new int[sortNames.length];
    for (int k = 0; k < key.length; k++) {
      key[k] = -1;
      for (int i = 0; i < pairs.length; i += 2) {
        if (pairs[i] == sortNames[k]) {
          key[k] = pairs[i + 1];
        }
      }
    }
    return key;
  }

  private void endRowGroup() throws IOException {
    labels.endRowGroup();
    chunks.endRowGroup();
    groupRows = 0;
  }

  /// Ends both files and writes the manifest; at least one row must have been added.
  ///
  /// @return the shard, whose file names have no directory yet
  public BlockMeta.Shard finish() throws IOException {
    if (groupRows > 0) {
      endRowGroup();
    }
    endRun();
    int groups = chunks.rowGroups();
    PageFileWriter.Finished labelsFile = labels.finish();
    PageFileWriter.Finished chunksFile = chunks.finish();
    byte[] manifest =
        new BlockManifest(labelsFile.tail(), chunksFile.tail(), runs.build()).encode();
    String name = BlockNames.manifest(shard);
    Files.write(directory.resolve(name), manifest);
    return new BlockMeta.Shard(
        rows,
        groups,
        firstKey,
        values(lastKey),
        labelsFile.file(),
        chunksFile.file(),
        BlockMeta.Manifest.of(name, manifest));
  }

  @Override
  public void close() throws IOException {
    try (labels;
        chunks) {
      // Both are closed, the second also where closing the first fails.
    }
  }
}
