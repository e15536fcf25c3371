package io.lamella.converter.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import io.lamella.storage.block.BlockSchema;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.io.api.Binary;

/// Writes `<shard>.chunks.parquet`. The pages of the first data column are written to the file,
/// those of the other columns to temporary files until the row group ends. So one page of each
/// column is in memory.
final class ChunksFileWriter implements AutoCloseable {
  private final Path path;
  private final WriteSettings settings;
  private final PageFileWriter file;
  private final ZstdCompressCtx zstd;
  private final List<Column> columns;
  private final List<Pages> pages = new ArrayList<>();
  private int groupRows;

  private ChunksFileWriter(
      Path path, WriteSettings settings, PageFileWriter file, List<Column> columns) {
    this.path = path;
    this.settings = settings;
    this.file = file;
    this.zstd = new ZstdCompressCtx().setLevel(settings.zstdLevel());
    this.columns = columns;
  }

  static ChunksFileWriter create(Path path, WriteSettings settings, int dataColumns)
      throws IOException {
    // parquet-common's readers expect leaf columns in the order of their names: s_data_0, s_data_1,
    // s_data_10, s_data_2 …
    List<String> names = new ArrayList<>();
    for (int i = 0; i < dataColumns; i++) {
      names.add(BlockSchema.dataColumn(i));
    }
    names.sort(null);
    List<Column> columns = names.stream().map(n -> new Column(n, ColumnKind.CHUNKS)).toList();
    PageFileWriter file = PageFileWriter.create(path, columns, List.of());
    return new ChunksFileWriter(path, settings, file, columns);
  }

  void add(SeriesRow row) throws IOException {
    if (pages.isEmpty()) {
      for (Column c : columns) {
        pages.add(new Pages(c, pages.isEmpty()));
      }
    }
    for (Pages p : pages) {
      p.add(row.data[p.number]);
    }
    groupRows++;
  }

  /// Marks the row added last as the end of a run of the sort key.
  void endRun() throws IOException {
    for (Pages p : pages) {
      p.endRun();
    }
  }

  void endRowGroup() throws IOException {
    List<ColumnChunkBuilder> written = new ArrayList<>();
    for (Pages p : pages) {
      p.flushAll();
      p.appendToFile();
      written.add(p.chunk);
    }
    file.endRowGroup(groupRows, written);
    pages.clear();
    groupRows = 0;
  }

  /// How many bytes have been written to the file; pages that wait for the end of the row group are
  /// left out.
  long bytes() {
    return file.bytes();
  }

  PageFileWriter.Finished finish(String name, Map<String, String> keyValues) throws IOException {
    return file.finish(name, keyValues);
  }

  @Override
  public void close() throws IOException {
    for (Pages p : pages) {
      p.out.close();
      p.deleteWaiting();
    }
    zstd.close();
    file.close();
  }

  /// The pages of one column in the current row group: `shared` has the values of small runs, `run`
  /// those of the current run.
  private final class Pages {
    private final int number;
    private final boolean direct;
    private final Path waiting;
    private final OutputStream out;
    private final ColumnChunkBuilder chunk;
    private List<byte[]> shared = new ArrayList<>();
    private List<byte[]> run = new ArrayList<>();
    private long sharedBytes;
    private long runBytes;

    Pages(Column column, boolean direct) throws IOException {
      this.number = Integer.parseInt(column.name().substring(BlockSchema.DATA_PREFIX.length()));
      this.direct = direct;
      this.waiting = path.resolveSibling(path.getFileName() + "." + number + ".waiting");
      this.out =
          direct ? file.sink() : new BufferedOutputStream(Files.newOutputStream(waiting), 1 << 16);
      this.chunk = new ColumnChunkBuilder(column, out, zstd);
    }

    void add(byte[] value) throws IOException {
      if (runBytes + value.length > settings.chunkPages().maxPageBytes() && !run.isEmpty()) {
        flushShared();
        flushRun();
      }
      run.add(value);
      runBytes += value.length;
    }

    void endRun() throws IOException {
      if (runBytes >= settings.chunkPages().ownPageBytes()) {
        flushShared();
        flushRun();
        return;
      }
      if (sharedBytes + runBytes > settings.chunkPages().maxPageBytes()) {
        flushShared();
      }
      shared.addAll(run);
      sharedBytes += runBytes;
      run.clear();
      runBytes = 0;
      // Empty values add no bytes, so the number of rows is limited, too.
      if (sharedBytes >= settings.chunkPages().sharedPageBytes() || shared.size() >= 1 << 16) {
        flushShared();
      }
    }

    void flushAll() throws IOException {
      endRun();
      flushShared();
    }

    private void flushShared() throws IOException {
      write(shared);
      shared = new ArrayList<>();
      sharedBytes = 0;
    }

    private void flushRun() throws IOException {
      write(run);
      run = new ArrayList<>();
      runBytes = 0;
    }

    private void write(List<byte[]> values) throws IOException {
      if (values.isEmpty()) {
        return;
      }
      try (DeltaLengthByteArrayValuesWriter writer =
          new DeltaLengthByteArrayValuesWriter(1 << 12, 1 << 22, new HeapByteBufferAllocator())) {
        for (byte[] v : values) {
          writer.writeBytes(Binary.fromConstantByteArray(v));
        }
        chunk.dataPage(
            values.size(), 0, new byte[0], ColumnChunkBuilder.bytes(writer.getBytes()), null, null);
      }
    }

    void appendToFile() throws IOException {
      if (direct) {
        return;
      }
      out.close();
      try (InputStream in = Files.newInputStream(waiting)) {
        in.transferTo(file.sink());
      }
      deleteWaiting();
    }

    void deleteWaiting() throws IOException {
      if (!direct) {
        Files.deleteIfExists(waiting);
      }
    }
  }
}
