package io.lamella.converter.merge;

import io.lamella.converter.parquet.Symbols;
import io.lamella.model.Utf8Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;

/// The strings of all inputs, each once, numbered in UTF-8 order. They are kept as bytes, because
/// millions of strings as objects would take several times the memory.
final class SymbolRanks implements Symbols {
  private final int[][] ranks;
  private byte[] text = new byte[1 << 16];
  private int[] ends = new int[1 << 10];
  private int size;

  private SymbolRanks(int inputs) {
    this.ranks = new int[inputs][];
  }

  /// The sorted symbols of an input that are not merged yet.
  private static final class Head {
    final int input;
    final SymbolList symbols;
    int next;
    byte[] value;

    Head(int input, SymbolList symbols) throws IOException {
      this.input = input;
      this.symbols = symbols;
      this.value = symbols.get(0);
    }
  }

  private interface SymbolList {
    int size();

    byte[] get(int i) throws IOException;
  }

  /// Merges the symbols of the inputs and the names and values of their row labels.
  static SymbolRanks of(List<MergeInput> inputs) throws IOException {
    SymbolRanks out = new SymbolRanks(inputs.size());
    PriorityQueue<Head> heads =
        new PriorityQueue<>((a, b) -> Arrays.compareUnsigned(a.value, b.value));
    TreeSet<String> rowLabels = new TreeSet<>(Utf8Order.COMPARATOR);
    for (int i = 0; i < inputs.size(); i++) {
      MergeInput input = inputs.get(i);
      out.ranks[i] = new int[input.block().symbols()];
      if (input.block().symbols() > 0) {
        heads.add(new Head(i, symbols(input)));
      }
      input
          .rowLabels()
          .forEach((name, value) -> {
            rowLabels.add(name);
            rowLabels.add(value);
          });
    }
    if (!rowLabels.isEmpty()) {
      heads.add(new Head(-1, symbols(new ArrayList<>(rowLabels))));
    }
    while (!heads.isEmpty()) {
      Head first = heads.remove();
      int number = out.number(first.value);
      if (first.input >= 0) {
        out.ranks[first.input][first.next] = number;
      }
      if (++first.next < first.symbols.size()) {
        first.value = first.symbols.get(first.next);
        heads.add(first);
      }
    }
    return out;
  }

  private static SymbolList symbols(MergeInput input) {
    return new SymbolList() {
      @Override
      public int size() {
        return input.block().symbols();
      }

      @Override
      public byte[] get(int i) throws IOException {
        return input.block().symbolBytes(i);
      }
    };
  }

  private static SymbolList symbols(List<String> sorted) {
    return new SymbolList() {
      @Override
      public int size() {
        return sorted.size();
      }

      @Override
      public byte[] get(int i) {
        return Utf8Order.encode(sorted.get(i));
      }
    };
  }

  /// The number of a string that is equal to the last one or follows it.
  private int number(byte[] value) throws IOException {
    if (size > 0 && compare(size - 1, value) == 0) {
      return size - 1;
    }
    int start = start(size);
    if (value.length > Integer.MAX_VALUE - 64 - start) {
      throw new IOException(
          "cannot merge more than 2 GiB of different label names and values of one day");
    }
    if (start + value.length > text.length) {
      long doubled = Math.max(2L * text.length, (long) start + value.length);
      text = Arrays.copyOf(text, (int) Math.min(doubled, Integer.MAX_VALUE - 64));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    System.arraycopy(value, 0, text, start, value.length);
    ends[size] = start + value.length;
    return size++;
  }

  private int start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  private int compare(int number, byte[] value) {
    return Arrays.compareUnsigned(text, start(number), ends[number], value, 0, value.length);
  }

  /// The numbers of an input's symbols, by their numbers there.
  int[] of(int input) {
    return ranks[input];
  }

  /// The number of a string, −1 where it does not occur.
  int find(String s) {
    byte[] value = Utf8Order.encode(s);
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = compare(mid, value);
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

  /// The memory that the symbols hold.
  long bytes() {
    long out = text.length + 4L * ends.length;
    for (int[] r : ranks) {
      out += 4L * r.length;
    }
    return out;
  }

  @Override
  public String value(int number) {
    int start = start(number);
    return Utf8Order.decode(text, start, ends[number] - start);
  }

  @Override
  public int size() {
    return size;
  }
}
