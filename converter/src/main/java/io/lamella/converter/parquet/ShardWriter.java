package io.lamella.converter.parquet;

import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.read.ParquetFooter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the labels file and the chunks file of one shard, and their manifest. Row i is the same
/// series in both files, and both have the same row groups.
///
/// Chunks are written as rows are added; labels are held until the shard ends, because only then
/// all its label columns are known; footers and manifest are written when the block ends, because
/// they describe all of it.
final class ShardWriter implements AutoCloseable {
  /// Each takes about 200 bytes of metadata, which a reader holds in memory.
  private static final int MAX_COLUMN_CHUNKS = 20_000;

  /// Label pages have this many times more rows where a shard has so many times more label columns.
  private static final int WIDE_SHARD_COLUMNS = 256;

  private final Path directory;
  private final String prefix;
  private final BlockLayout layout;
  private final WriteSettings settings;
  private final Symbols symbols;
  private final ChunksFileWriter chunks;
  private final List<RowNumber> numbers;
  private BufferedRows rows;
  private final BitSet names = new BitSet();
  private final RunDirectory.RunsBuilder runs;
  private final ValueStatistics[] run;
  private final List<RowGroupEnd> groups = new ArrayList<>();
  private List<Integer> pageEnds = new ArrayList<>();
  private int runStart;
  private int groupStart;
  private int pageStart;
  private final DictionarySize dictionaries;
  private List<String> firstKey = List.of();
  private List<String> key = List.of();
  private boolean newEncodings;
  private long rowCount;
  private Optional<PageFileWriter> labels = Optional.empty();

  private record RowGroupEnd(int from, int end, List<Integer> pageEnds) {}

  private ShardWriter(
      Path directory,
      String prefix,
      BlockLayout layout,
      WriteSettings settings,
      Symbols symbols,
      DictionarySize dictionaries,
      ChunksFileWriter chunks) {
    this.directory = directory;
    this.prefix = prefix;
    this.layout = layout;
    this.settings = settings;
    this.symbols = symbols;
    this.chunks = chunks;
    this.numbers = RowNumber.columns(layout.dataColumns());
    this.rows = new BufferedRows(numbers.size());
    this.runs = new RunDirectory.RunsBuilder(layout.sortKey().labels(), layout.dataColumns());
    this.run = new ValueStatistics[layout.dataColumns()];
    Arrays.setAll(run, _ -> new ValueStatistics());
    this.dictionaries = dictionaries;
    dictionaries.clear();
  }

  /// @param prefix of the files' names until [#finish]
  static ShardWriter create(
      Path directory,
      String prefix,
      BlockLayout layout,
      WriteSettings settings,
      Symbols symbols,
      DictionarySize dictionaries)
      throws IOException {
    ChunksFileWriter chunks =
        ChunksFileWriter.create(
            directory.resolve(prefix + ".chunks"), settings, layout.dataColumns());
    return new ShardWriter(directory, prefix, layout, settings, symbols, dictionaries, chunks);
  }

  /// True where a row must begin another shard.
  ///
  /// @param isNewRun whether its sort key differs from that of the row before
  boolean endsBefore(SeriesRow row, boolean isNewRun) {
    WriteSettings.ShardSizes max = settings.shards();
    if (rows.rows() == 0) {
      return false;
    }
    int more = 0;
    for (int i = 0; i < row.labels.length; i += 2) {
      more += names.get(row.labels[i]) ? 0 : 1;
    }
    return rows.rows() >= max.maxRows()
        || (long) groups.size() * (names.cardinality() + numbers.size()) >= MAX_COLUMN_CHUNKS
        || chunks.bytes() >= max.maxBytes()
        || more > 0 && names.cardinality() + more > max.maxLabelNames()
        || isNewRun
            && (rows.rows() >= max.maxRows() - max.maxRows() / 4
                || chunks.bytes() >= max.maxBytes() - max.maxBytes() / 4
                || runs.runs() + 1 >= max.maxRuns());
  }

  /// @param rowKey the row's values of the sort key
  /// @param isNewRun whether they differ from those of the row before
  void add(SeriesRow row, List<String> rowKey, boolean isNewRun) throws IOException {
    boolean first = rows.rows() == 0;
    if (first) {
      firstKey = rowKey;
    } else if (isNewRun) {
      endRun();
    }
    key = rowKey;
    if (!first) {
      endPages(isNewRun);
    }
    rows.add(row.labels);
    for (int n = 0; n < numbers.size(); n++) {
      rows.setNumber(n, numbers.get(n).of(row));
    }
    chunks.add(row);
    for (int i = 0; i < row.labels.length; i += 2) {
      names.set(row.labels[i]);
    }
    dictionaries.add(row.labels);
    for (int c = 0; c < run.length; c++) {
      run[c].add(row.statistics[c]);
    }
  }

  /// Ends row group and label page before the next row where they are full.
  private void endPages(boolean atRunEnd) throws IOException {
    int slack = atRunEnd ? 1 : 2;
    // A row group of one run alone is cut at its size.
    int groupSlack = runStart <= groupStart ? 1 : slack;
    if (rows.rows() - groupStart >= settings.rowGroups().maxRows()
        || dictionaries.bytes() >= (long) groupSlack * settings.rowGroups().dictionaryBytes()) {
      endRowGroup();
    } else if (rows.rows() - pageStart >= (long) slack * labelPageRows()) {
      endPage();
    }
  }

  /// A page costs every label column a header and an index entry, so a shard with many columns has
  /// longer pages.
  private long labelPageRows() {
    return (long) settings.labelPageRows() * Math.max(1, names.cardinality() / WIDE_SHARD_COLUMNS);
  }

  private void endPage() {
    pageStart = rows.rows();
    pageEnds.add(pageStart);
  }

  private void endRun() throws IOException {
    chunks.endRun();
    runs.add(key, rows.rows() - runStart, run);
    runStart = rows.rows();
    for (ValueStatistics s : run) {
      s.clear();
    }
  }

  private void endRowGroup() throws IOException {
    endPage();
    chunks.endRowGroup();
    groups.add(new RowGroupEnd(groupStart, rows.rows(), pageEnds));
    pageEnds = new ArrayList<>();
    groupStart = rows.rows();
    dictionaries.clear();
  }

  /// Notes in both files that chunk encodings beyond 1–3 occur, which Go readers refuse.
  void markNewEncodings() {
    newEncodings = true;
  }

  /// Writes what is left of the pages. No row may follow; at least one must have been added.
  void endRows() throws IOException {
    endRun();
    endRowGroup();
    try (LabelsFileWriter writer =
        LabelsFileWriter.create(
            directory.resolve(prefix + ".labels"),
            new LabelsFileWriter.ShardRows(symbols, rows, numbers, names),
            layout.sortKey().labels(),
            settings.zstdLevel())) {
      labels = Optional.of(writer.file());
      for (RowGroupEnd g : groups) {
        writer.rowGroup(g.from(), g.end(), g.pageEnds());
      }
    }
    rowCount = rows.rows();
    rows = new BufferedRows(0);
  }

  /// Writes footers and manifest.
  ///
  /// @param head of the block
  /// @param number of the shard, `count` how many shards the block has
  /// @return the shard, whose file names have no directory
  BlockMeta.Shard finish(BlockHead head, int number, int count) throws IOException {
    Map<String, String> keyValues = keyValues(head, number, count);
    PageFileWriter.Finished labelsFile =
        labels.orElseThrow().finish(BlockNames.labelsFile(number), keyValues);
    PageFileWriter.Finished chunksFile = chunks.finish(BlockNames.chunksFile(number), keyValues);
    byte[] manifest =
        new BlockManifest(
                ParquetFooter.without(BlockSchema.BLOCK_KEY, labelsFile.tail()),
                ParquetFooter.without(BlockSchema.BLOCK_KEY, chunksFile.tail()),
                runs.build())
            .encode(labelsFile.file(), chunksFile.file());
    String name = BlockNames.manifest(number);
    Files.write(directory.resolve(name), manifest);
    move(".labels", BlockNames.labelsFile(number));
    move(".chunks", BlockNames.chunksFile(number));
    return new BlockMeta.Shard(
        rowCount,
        groups.size(),
        firstKey,
        key,
        labelsFile.file(),
        chunksFile.file(),
        BlockMeta.Manifest.of(name, manifest));
  }

  private void move(String suffix, String name) throws IOException {
    Files.move(
        directory.resolve(prefix + suffix),
        directory.resolve(name),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private Map<String, String> keyValues(BlockHead head, int number, int count) {
    Map<String, String> out = new LinkedHashMap<>();
    out.put(BlockSchema.MIN_TIME_KEY, Long.toString(layout.minTimeMillis()));
    out.put(BlockSchema.MAX_TIME_KEY, Long.toString(layout.lastMillis()));
    out.put(BlockSchema.COLUMN_DURATION_KEY, Long.toString(layout.columnMillis()));
    out.put(BlockSchema.VERSION_KEY, Integer.toString(BlockMeta.VERSION));
    out.put(BlockSchema.SORT_KEY_KEY, layout.sortKey().toString());
    out.put(BlockSchema.NEW_ENCODINGS_KEY, Boolean.toString(newEncodings));
    out.put(BlockSchema.SHARD_KEY, Integer.toString(number));
    out.put(BlockSchema.SHARDS_KEY, Integer.toString(count));
    out.put(
        BlockSchema.BLOCK_KEY, new String(BlockMetaJson.writeHead(head), StandardCharsets.UTF_8));
    return out;
  }

  @Override
  public void close() throws IOException {
    try (chunks) {
      if (labels.isPresent()) {
        labels.get().close();
      }
    }
  }
}
