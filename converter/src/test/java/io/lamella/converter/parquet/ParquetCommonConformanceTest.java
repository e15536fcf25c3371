package io.lamella.converter.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.ColumnNumbers;
import io.lamella.storage.block.SeriesHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Published files, read by parquet-java, have everything that parquet-common's Go readers need.
class ParquetCommonConformanceTest {
  @TempDir static Path directory;

  private static final List<Path> BLOCKS = new ArrayList<>();

  /// Real blocks, cut into small row groups and pages so that every case occurs: columns without a
  /// value in a row group, several pages for a column, two data columns for a day.
  @BeforeAll
  static void convert() throws Exception {
    ConversionOptions small =
        ConversionOptions.defaults()
            .withSettings(
                WriteSettings.DEFAULT
                    .withRowGroups(new WriteSettings.RowGroupSizes(32, 1 << 20))
                    .withLabelPageRows(4)
                    .withChunkPages(new WriteSettings.ChunkPageSizes(2 << 10, 4 << 10, 16 << 10)))
            .withColumnMillis(12 * 3_600_000)
            .withWorkDirectory(directory.resolve("work"))
            .withThreads(1);
    Conversion.run(
        RecordedSamples.directory().resolve("floats").toString(),
        directory.resolve("bucket").toString(),
        small,
        day -> {});
    try (Stream<Path> all = Files.list(directory.resolve("bucket").resolve("blocks"))) {
      for (Path block : all.sorted().toList()) {
        BLOCKS.add(BlockFiles.find(block, "0.manifest").getParent());
      }
    }
    assertEquals(3, BLOCKS.size());
  }

  private static ParquetFileReader open(Path file) throws IOException {
    return ParquetFileReader.open(
        new LocalInputFile(file),
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdCodecs())
            .usePageChecksumVerification(true)
            .build());
  }

  private static FileMetaData footer(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int length =
        ByteBuffer.wrap(all, all.length - 8, 4).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
    return Util.readFileMetaData(new ByteArrayInputStream(all, all.length - 8 - length, length));
  }

  private static List<Path> files(String kind) {
    return BLOCKS.stream().map(b -> b.resolve("0." + kind + ".parquet")).toList();
  }

  private static List<DataPage> pages(PageReader reader) {
    List<DataPage> out = new ArrayList<>();
    for (DataPage p = reader.readPage(); p != null; p = reader.readPage()) {
      out.add(p);
    }
    return out;
  }

  @Test
  void everyLabelPageIsDictionaryEncodedAndEveryLabelColumnHasADictionary() throws IOException {
    boolean nullColumn = false;
    for (Path file : files("labels")) {
      try (ParquetFileReader reader = open(file)) {
        for (PageReadStore group = reader.readNextRowGroup();
            group != null;
            group = reader.readNextRowGroup()) {
          for (ColumnDescriptor c : reader.getFileMetaData().getSchema().getColumns()) {
            if (!c.getPath()[0].startsWith(BlockSchema.LABEL_PREFIX)) {
              continue;
            }
            PageReader pages = group.getPageReader(c);
            assertNotNull(pages.readDictionaryPage(), () -> "dictionary of " + c.getPath()[0]);
            long values = 0;
            for (DataPage p : pages(pages)) {
              assertEquals(Encoding.RLE_DICTIONARY, ((DataPageV2) p).getDataEncoding());
              values += p.getValueCount() - ((DataPageV2) p).getNullCount();
            }
            nullColumn |= values == 0;
          }
        }
      }
    }
    assertTrue(nullColumn, "no column without a value was written");
  }

  @Test
  void theDataPageFollowsTheDictionaryPage() throws IOException {
    for (Path file : files("labels")) {
      try (ParquetFileReader reader = open(file)) {
        for (ColumnChunkMetaData c : chunks(reader)) {
          if (c.getPath().toDotString().startsWith(BlockSchema.LABEL_PREFIX)) {
            assertTrue(c.hasDictionaryPage());
            assertEquals(c.getFirstDataPageOffset(), reader.readOffsetIndex(c).getOffset(0));
            assertEquals(c.getStartingPos(), c.getDictionaryPageOffset());
          }
        }
      }
    }
  }

  private static List<ColumnChunkMetaData> chunks(ParquetFileReader reader) {
    return reader.getRowGroups().stream().flatMap(g -> g.getColumns().stream()).toList();
  }

  @Test
  void everyColumnHasBothIndexesContiguouslyBeforeTheFooter() throws IOException {
    for (Path file : Stream.concat(files("labels").stream(), files("chunks").stream()).toList()) {
      FileMetaData meta = footer(file);
      List<org.apache.parquet.format.ColumnChunk> all =
          meta.getRow_groups().stream().flatMap(g -> g.getColumns().stream()).toList();
      long at = all.getFirst().getColumn_index_offset();
      for (org.apache.parquet.format.ColumnChunk c : all) {
        assertEquals(at, c.getColumn_index_offset());
        at += c.getColumn_index_length();
      }
      for (org.apache.parquet.format.ColumnChunk c : all) {
        assertEquals(at, c.getOffset_index_offset());
        at += c.getOffset_index_length();
      }
      byte[] bytes = Files.readAllBytes(file);
      int footer =
          ByteBuffer.wrap(bytes, bytes.length - 8, 4)
              .order(java.nio.ByteOrder.LITTLE_ENDIAN)
              .getInt();
      assertEquals(bytes.length - 8 - footer, at);
      try (ParquetFileReader reader = open(file)) {
        for (ColumnChunkMetaData c : chunks(reader)) {
          assertNotNull(reader.readColumnIndex(c), () -> "column index of " + c.getPath());
          assertNotNull(reader.readOffsetIndex(c), () -> "offset index of " + c.getPath());
        }
      }
    }
  }

  /// parquet-go reads every byte except 0 as true; see [ColumnIndexWriter].
  @Test
  void falseInNullPagesIsWrittenAsAZeroByte() throws IOException {
    for (Path file : files("labels")) {
      byte[] bytes = Files.readAllBytes(file);
      for (org.apache.parquet.format.RowGroup g : footer(file).getRow_groups()) {
        for (org.apache.parquet.format.ColumnChunk c : g.getColumns()) {
          int at = (int) c.getColumn_index_offset();
          org.apache.parquet.format.ColumnIndex index =
              Util.readColumnIndex(new ByteArrayInputStream(bytes, at, c.getColumn_index_length()));
          int pages = index.getNull_pages().size();
          assertTrue(pages < 15, "the list's header is one byte for fewer than 15 pages");
          // The field's header, the list's header, then a byte a page.
          for (int p = 0; p < pages; p++) {
            assertEquals(index.getNull_pages().get(p) ? 1 : 0, bytes[at + 2 + p]);
          }
        }
      }
    }
  }

  @Test
  void boundsOfLabelsAreCutToSixteenBytesAndStillIncludeAllValues() throws IOException {
    for (Path file : files("labels")) {
      byte[] bytes = Files.readAllBytes(file);
      for (org.apache.parquet.format.RowGroup g : footer(file).getRow_groups()) {
        for (org.apache.parquet.format.ColumnChunk c : g.getColumns()) {
          org.apache.parquet.format.ColumnIndex index =
              Util.readColumnIndex(
                  new ByteArrayInputStream(
                      bytes, (int) c.getColumn_index_offset(), c.getColumn_index_length()));
          boolean label =
              c.getMeta_data().getPath_in_schema().getFirst().startsWith(BlockSchema.LABEL_PREFIX);
          for (int p = 0; p < index.getMin_values().size(); p++) {
            int min = index.getMin_values().get(p).remaining();
            boolean bounded = label && !index.getNull_pages().get(p);
            assertTrue(!bounded || min <= 16);
            assertTrue(
                !bounded
                    || index.getMin_values().get(p).compareTo(index.getMax_values().get(p)) <= 0
                    || min > 0);
          }
        }
      }
    }
  }

  @Test
  void bothFilesHaveTheSameRowGroupsAndTimeMetadata() throws IOException {
    for (Path block : BLOCKS) {
      BlockMeta meta =
          BlockMetaJson.read(
              Files.readAllBytes(block.resolveSibling("meta.json")), block.toString());
      FileMetaData labels = footer(block.resolve("0.labels.parquet"));
      FileMetaData chunks = footer(block.resolve("0.chunks.parquet"));
      assertTrue(labels.getRow_groups().size() > 1);
      assertEquals(rows(labels), rows(chunks));
      for (FileMetaData f : List.of(labels, chunks)) {
        Map<String, String> kv = new HashMap<>();
        f.getKey_value_metadata().forEach(e -> kv.put(e.getKey(), e.getValue()));
        assertEquals(Long.toString(meta.minTimeMillis()), kv.get("minT"));
        assertEquals(Long.toString(meta.maxTimeMillis() - 1), kv.get("maxT"));
        assertEquals(Long.toString(12 * 3_600_000), kv.get("data_col_duration_ms"));
      }
      List<String> columns = chunks.getSchema().stream().skip(1).map(e -> e.getName()).toList();
      assertEquals(
          List.of("s_data_0", "s_data_1"),
          columns,
          "one column for each half day, and no empty one behind");
    }
  }

  private static List<Long> rows(FileMetaData f) {
    return f.getRow_groups().stream().map(g -> g.getNum_rows()).toList();
  }

  @Test
  void labelsFilesDeclareTheSortKeyAndChunksFilesDeclareNoOrder() throws IOException {
    for (Path file : files("labels")) {
      FileMetaData meta = footer(file);
      List<String> columns = meta.getSchema().stream().skip(1).map(e -> e.getName()).toList();
      List<SortingColumn> sorting = meta.getRow_groups().getFirst().getSorting_columns();
      assertEquals("l___name__", columns.get(sorting.get(0).getColumn_idx()));
      assertEquals("l_dc_id", columns.get(sorting.get(1).getColumn_idx()));
    }
    for (Path file : files("chunks")) {
      assertTrue(footer(file).getRow_groups().stream().noneMatch(g -> g.isSetSorting_columns()));
    }
  }

  @Test
  void columnsAreInTheOrderOfTheirNames() throws IOException {
    for (Path file : files("labels")) {
      List<String> columns =
          footer(file).getSchema().stream().skip(1).map(e -> e.getName()).toList();
      List<String> sorted = new ArrayList<>(columns);
      sorted.sort(io.lamella.model.Utf8Order.COMPARATOR);
      assertEquals(sorted, columns);
    }
  }

  @Test
  void columnNumbersAndHashesOfEveryRowMatchItsLabels() throws IOException {
    for (Path file : files("labels")) {
      try (ParquetFileReader reader = open(file)) {
        for (PageReadStore group = reader.readNextRowGroup();
            group != null;
            group = reader.readNextRowGroup()) {
          RowValues rows = new RowValues(reader, group);
          for (int r = 0; r < group.getRowCount(); r++) {
            LabelsBuilder labels = new LabelsBuilder();
            List<Integer> numbers = new ArrayList<>();
            rows.labels(r, labels, numbers);
            assertArrayEquals(
                numbers.stream().mapToInt(Integer::intValue).toArray(),
                ColumnNumbers.decode(rows.bytes(BlockSchema.COLUMN_NUMBERS, r)));
            assertEquals(
                SeriesHash.of(labels.build()),
                ByteBuffer.wrap(rows.bytes(BlockSchema.SERIES_HASH, r)).getLong());
          }
        }
      }
    }
  }

  /// The bounds of a column in the footer, as parquet-java reads them.
  private static Statistics<?> statistics(ParquetFileReader reader, int group, String column) {
    return reader.getRowGroups().get(group).getColumns().stream()
        .filter(c -> c.getPath().toDotString().equals(column))
        .findFirst()
        .orElseThrow()
        .getStatistics();
  }

  @Test
  void statisticsOfTimesAndFloatsAreThoseOfTheirValues() throws IOException {
    int columns = 0;
    for (Path file : files("labels")) {
      try (ParquetFileReader reader = open(file)) {
        int number = 0;
        for (PageReadStore group = reader.readNextRowGroup();
            group != null;
            group = reader.readNextRowGroup()) {
          for (String name : List.of("s_first_time", "s_last_time", "s_samples_1")) {
            long[] values = RowValues.integers(reader, group, name);
            Statistics<?> bounds = statistics(reader, number, name);
            assertEquals(Arrays.stream(values).min().orElseThrow(), bounds.genericGetMin());
            assertEquals(Arrays.stream(values).max().orElseThrow(), bounds.genericGetMax());
            columns++;
          }
          for (String name : List.of("s_min_0", "s_max_0", "s_min_1", "s_max_1")) {
            double[] values = RowValues.floats(reader, group, name);
            Statistics<?> bounds = statistics(reader, number, name);
            double min = Arrays.stream(values).min().orElseThrow();
            double max = Arrays.stream(values).max().orElseThrow();
            assertEquals(min == 0 ? -0.0 : min, bounds.genericGetMin());
            assertEquals(max == 0 ? 0.0 : max, bounds.genericGetMax());
            assertTrue(Arrays.stream(values).noneMatch(Double::isNaN));
            columns++;
          }
          number++;
        }
        MessageType schema = reader.getFileMetaData().getSchema();
        assertEquals(
            LogicalTypeAnnotation.timestampType(true, LogicalTypeAnnotation.TimeUnit.MILLIS),
            schema.getType("s_first_time").getLogicalTypeAnnotation());
      }
    }
    assertTrue(columns > 20, columns + " columns");
  }

  @Test
  void aFileDescribesItsBlock() throws IOException {
    for (Path block : BLOCKS) {
      BlockMeta meta =
          BlockMetaJson.read(
              Files.readAllBytes(block.resolveSibling("meta.json")), block.toString());
      for (Path file :
          List.of(block.resolve("0.labels.parquet"), block.resolve("0.chunks.parquet"))) {
        Map<String, String> kv = new HashMap<>();
        footer(file).getKey_value_metadata().forEach(e -> kv.put(e.getKey(), e.getValue()));
        byte[] json = kv.getOrDefault(BlockSchema.BLOCK_KEY, "").getBytes(StandardCharsets.UTF_8);
        assertEquals(BlockHead.of(meta), BlockMetaJson.readHead(json, file.toString()));
      }
    }
  }

  @Test
  void theSeriesHashIsTheStableHashOfPrometheus() {
    assertEquals(
        0x01585e2399cc2df6L,
        SeriesHash.of(io.lamella.model.Labels.of("__name__", "up", "job", "node")));
  }

  /// parquet-java's default codecs need Hadoop's configuration; zstd alone does not.
  private static final class ZstdCodecs implements CompressionCodecFactory {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      throw new IllegalStateException("nothing is written here");
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      assertEquals(CompressionCodecName.ZSTD, codec);
      return new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
          java.io.ByteArrayOutputStream in = new java.io.ByteArrayOutputStream();
          bytes.writeAllTo(in);
          return BytesInput.from(size == 0 ? new byte[0] : Zstd.decompress(in.toByteArray(), size));
        }

        @Override
        public void decompress(ByteBuffer input, int compressed, ByteBuffer output, int size) {
          throw new IllegalStateException("no direct buffers here");
        }

        @Override
        public void release() {}
      };
    }

    @Override
    public void release() {}
  }
}
