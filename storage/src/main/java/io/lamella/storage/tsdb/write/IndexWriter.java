package io.lamella.storage.tsdb.write;

import io.lamella.model.Labels;
import io.lamella.storage.chunk.EncodedChunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// Writes an index file of version 2 in one pass: header, symbols, series, postings, their table,
/// table of contents. That is possible because all symbols are given before the first series.
///
/// The sections of label indexes are left empty, as Prometheus does from 3.7 on; no reader needs
/// them.
final class IndexWriter implements AutoCloseable {
  private static final long MAGIC = 0xBAAAD700L;
  private static final int VERSION = 2;
  private static final int SERIES_ALIGNMENT = 16;

  private final AppendedFile file;
  private final byte[][] symbols;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Postings postings = new Postings();
  private final long symbolsAt;
  private final long seriesAt;
  private final ByteSink body = new ByteSink();
  private final ByteSink entry = new ByteSink();

  private IndexWriter(AppendedFile file, SortedSet<String> strings) throws IOException {
    this.file = file;
    this.symbols = new byte[strings.size()][];
    for (String s : strings) {
      symbols[numbers.size()] = s.getBytes(StandardCharsets.UTF_8);
      numbers.put(s, numbers.size());
    }
    ByteSink sink = new ByteSink();
    sink.u32(MAGIC);
    sink.u8(VERSION);
    file.write(sink);
    symbolsAt = file.position();
    sink.clear();
    sink.u32(0);
    sink.u32(symbols.length);
    for (byte[] symbol : symbols) {
      sink.string(symbol);
    }
    sink.patch(0, sink.size() - 4L);
    sink.checksum(4);
    file.write(sink);
    file.align(SERIES_ALIGNMENT);
    seriesAt = file.position();
  }

  /// @param strings every name and value of the series to be added, in UTF-8 order
  static IndexWriter create(Path path, SortedSet<String> strings) throws IOException {
    AppendedFile file = AppendedFile.create(path);
    try {
      return new IndexWriter(file, strings);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private int number(String symbol) {
    Integer n = numbers.get(symbol);
    if (n == null) {
      throw new IllegalArgumentException(
          "cannot index \"" + symbol + "\": it was not among the symbols");
    }
    return n;
  }

  /// Adds a series, in label order.
  ///
  /// @param refs the references of the chunks
  void add(Labels labels, List<EncodedChunk> chunks, long[] refs) throws IOException {
    file.align(SERIES_ALIGNMENT);
    int series = Math.toIntExact(file.position() / SERIES_ALIGNMENT);
    body.clear();
    body.uvarint(labels.size());
    postings.addSeries(series);
    for (int i = 0; i < labels.size(); i++) {
      int name = number(labels.name(i));
      int value = number(labels.value(i));
      body.uvarint(name);
      body.uvarint(value);
      postings.add(name, value, series);
    }
    chunks(chunks, refs);
    entry.clear();
    entry.uvarint(body.size());
    int from = entry.size();
    entry.bytes(body.array(), 0, body.size());
    entry.checksum(from);
    file.write(entry);
  }

  private void chunks(List<EncodedChunk> chunks, long[] refs) {
    body.uvarint(chunks.size());
    for (int i = 0; i < chunks.size(); i++) {
      EncodedChunk c = chunks.get(i);
      if (i == 0) {
        body.svarint(c.minTimeMillis());
      } else {
        body.uvarint(c.minTimeMillis() - chunks.get(i - 1).maxTimeMillis());
      }
      body.uvarint(c.maxTimeMillis() - c.minTimeMillis());
      if (i == 0) {
        body.uvarint(refs[0]);
      } else {
        body.svarint(refs[i] - refs[i - 1]);
      }
    }
  }

  /// Writes the sections after the series.
  void finish() throws IOException {
    long labelIndices = file.position();
    long postingsAt = file.position();
    ByteSink table = postings.write(file, symbols);
    long tableAt = file.position();
    file.write(table);
    ByteSink contents = new ByteSink();
    for (long at : new long[] {symbolsAt, seriesAt, labelIndices, tableAt, postingsAt, tableAt}) {
      contents.u64(at);
    }
    contents.checksum(0);
    file.write(contents);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
