package io.lamella.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A table of text with left-aligned and right-aligned columns.
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final int left;

  /// @param left number of left-aligned columns; all columns after them are right-aligned
  TextTable(int left, String... header) {
    this.left = left;
    rows.add(List.of(header));
  }

  void add(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object c : cells) {
      row.add(c instanceof Long || c instanceof Integer ? String.format("%,d", c) : c.toString());
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String pad = " ".repeat(widths[c] - row.get(c).length());
        line.append(c < left ? row.get(c) + pad : pad + row.get(c)).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
