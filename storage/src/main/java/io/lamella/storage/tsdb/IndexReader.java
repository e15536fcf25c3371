package io.lamella.storage.tsdb;

import java.io.IOException;

/// Reads an index file: header, table of contents, symbols, the list of all series, series entries.
/// Thread-safe once open.
final class IndexReader {
  private static final long MAGIC = 0xBAAAD700L;
  private static final int TOC_BYTES = 52;
  private static final int MAX_LABELS = 1 << 20;

  private final MappedFile file;
  private final int version;
  private final SymbolTable symbols;
  private final long postingsStart;
  private final long series;

  private IndexReader(
      MappedFile file, int version, SymbolTable symbols, long postingsStart, long series) {
    this.file = file;
    this.version = version;
    this.symbols = symbols;
    this.postingsStart = postingsStart;
    this.series = series;
  }

  static IndexReader open(MappedFile file) throws IOException {
    if (file.size() < 5 + TOC_BYTES || file.u32(0) != MAGIC) {
      throw file.corrupt(
          0, "not an index: " + file.size() + " bytes, or not the magic number baaad700");
    }
    int version = file.u8(4);
    if (version < 1 || version > 3) {
      throw file.corrupt(4, "index version " + version + ", expected 1 to 3");
    }
    long toc = file.size() - TOC_BYTES;
    file.checksum(toc, TOC_BYTES - 4, "table of contents");
    long symbolsAt = file.u64(toc);
    long postingsTable = file.u64(toc + 40);
    if (symbolsAt < 5 || symbolsAt >= toc || postingsTable < 5 || postingsTable >= toc) {
      throw file.corrupt(
          toc, "sections at " + symbolsAt + " and " + postingsTable + ", outside the file");
    }
    SymbolTable symbols = SymbolTable.open(file, symbolsAt, version);
    long all = allPostings(file, postingsTable);
    long length = file.u32(all);
    file.checksum(all + 4, length, "postings");
    long count = file.u32(all + 4);
    if (4 + 4 * count != length) {
      throw file.corrupt(all, count + " postings in " + length + " bytes");
    }
    return new IndexReader(file, version, symbols, all + 8, count);
  }

  /// The offset of the list of all series: the entry of the empty name and value.
  private static long allPostings(MappedFile file, long table) throws CorruptTsdbBlockException {
    long length = file.u32(table);
    file.checksum(table + 4, length, "postings table");
    long count = file.u32(table + 4);
    MappedFile.FileCursor in = file.cursor(table + 8, table + 4 + length);
    long found = -1;
    for (long i = 0; i < count; i++) {
      long keys = in.uvarint();
      if (keys != 2) {
        throw file.corrupt(in.at, keys + " strings in a postings table entry, expected 2");
      }
      int name = in.length("name");
      in.at += name;
      int value = in.length("value");
      in.at += value;
      long offset = in.uvarint();
      if (name == 0 && value == 0) {
        found = offset;
      }
    }
    if (found < 5) {
      throw file.corrupt(table, "no list of all series");
    }
    return found;
  }

  SymbolTable symbols() {
    return symbols;
  }

  long series() {
    return series;
  }

  /// The reference of the `i`-th series in label order.
  long ref(long i) throws CorruptTsdbBlockException {
    return file.u32(postingsStart + 4 * i);
  }

  /// Reads a series entry into a buffer.
  void read(long ref, SeriesEntry into) throws CorruptTsdbBlockException {
    long at = version == 1 ? ref : 16 * ref;
    if (at < 5 || at >= file.size()) {
      throw file.corrupt(at, "series " + ref + " lies outside the file");
    }
    MappedFile.FileCursor head = file.cursor(at, Math.min(file.size(), at + 10));
    long length = head.uvarint();
    long start = head.at;
    if (length < 0 || length > file.size() - start - 4) {
      throw file.corrupt(at, "series entry of " + length + " bytes");
    }
    file.checksum(start, length, "series entry");
    MappedFile.FileCursor in = file.cursor(start, start + length);
    into.start(ref);
    labels(in, into, at);
    chunks(in, into, at);
    if (!in.isAtEnd()) {
      throw file.corrupt(in.at, in.left() + " bytes left over in a series entry");
    }
  }

  private void labels(MappedFile.FileCursor in, SeriesEntry into, long at)
      throws CorruptTsdbBlockException {
    long count = in.uvarint();
    if (count < 0 || count > MAX_LABELS || count > in.left()) {
      throw file.corrupt(at, count + " labels in a series entry");
    }
    int before = -1;
    for (long i = 0; i < count; i++) {
      int name = symbols.number(in.uvarint(), at);
      int value = symbols.number(in.uvarint(), at);
      if (name <= before) {
        throw file.corrupt(at, "labels of a series are out of order");
      }
      before = name;
      into.addLabel(name, value);
    }
  }

  private void chunks(MappedFile.FileCursor in, SeriesEntry into, long at)
      throws CorruptTsdbBlockException {
    long count = in.uvarint();
    if (count < 0 || count > in.left()) {
      throw file.corrupt(at, count + " chunks in a series entry");
    }
    long max = 0;
    long ref = 0;
    for (long i = 0; i < count; i++) {
      long min = i == 0 ? in.svarint() : max + in.uvarint();
      max = min + in.uvarint();
      ref = i == 0 ? in.uvarint() : ref + in.svarint();
      if (max < min) {
        throw file.corrupt(at, "chunk " + i + " of a series from " + min + " to " + max);
      }
      into.addChunk(min, max, ref);
    }
  }
}
