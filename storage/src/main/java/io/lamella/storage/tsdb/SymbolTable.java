package io.lamella.storage.tsdb;

import io.lamella.model.Utf8Order;
import java.util.Arrays;

/// The index's strings by number. Keeps the offset of each symbol, four bytes; a string is created
/// when it is read.
final class SymbolTable {
  private final MappedFile file;
  private final long start;
  private final long end;

  /// Offsets of the symbols' lengths from `start`, as unsigned numbers.
  private final int[] offsets;

  private final boolean byOffset;

  private SymbolTable(MappedFile file, long start, long end, int[] offsets, boolean byOffset) {
    this.file = file;
    this.start = start;
    this.end = end;
    this.offsets = offsets;
    this.byOffset = byOffset;
  }

  /// @param section the offset of the section's length
  static SymbolTable open(MappedFile file, long section, int version)
      throws CorruptTsdbBlockException {
    long length = file.u32(section);
    long start = section + 4;
    file.checksum(start, length, "symbols");
    long count = file.u32(start);
    if (count > length) {
      throw file.corrupt(start, count + " symbols in " + length + " bytes");
    }
    int[] offsets = new int[(int) count];
    MappedFile.FileCursor in = file.cursor(start + 4, start + length);
    byte[] before = {};
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (int) (in.at - start);
      int n = in.length("symbol");
      byte[] symbol = file.copy(in.at, n);
      if (i > 0 && Arrays.compareUnsigned(before, symbol) >= 0) {
        throw file.corrupt(in.at, "symbols are out of order");
      }
      before = symbol;
      in.at += n;
    }
    return new SymbolTable(file, start, start + length, offsets, version == 1);
  }

  int size() {
    return offsets.length;
  }

  String value(int number) throws CorruptTsdbBlockException {
    byte[] bytes = bytes(number);
    return Utf8Order.decode(bytes, 0, bytes.length);
  }

  /// The UTF-8 form of a symbol.
  byte[] bytes(int number) throws CorruptTsdbBlockException {
    MappedFile.FileCursor in = file.cursor(start + (offsets[number] & 0xffffffffL), end);
    int n = in.length("symbol");
    return file.copy(in.at, n);
  }

  /// The number of a reference in a series entry: the number itself, or in version 1 the file
  /// offset of the symbol.
  int number(long reference, long at) throws CorruptTsdbBlockException {
    long n = reference;
    if (byOffset) {
      long relative = reference - start;
      n = relative < 0 || relative > 0xffffffffL ? -1 : search((int) relative);
    }
    if (n < 0 || n >= offsets.length) {
      throw file.corrupt(at, "symbol " + reference + ", there are " + offsets.length);
    }
    return (int) n;
  }

  private int search(int relative) {
    int low = 0;
    int high = offsets.length - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = Integer.compareUnsigned(offsets[mid], relative);
      if (c == 0) {
        return mid;
      }
      if (c < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return -1;
  }
}
