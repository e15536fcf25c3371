package io.lamella.promql;

import io.lamella.model.Utf8Order;

/// Converts positions in the text of a query: UTF-16 units to bytes, lines and columns.
final class QueryText {
  private final String text;

  QueryText(String text) {
    this.text = text;
  }

  int byteOffset(int position) {
    return Utf8Order.encode(text.substring(0, position)).length;
  }

  int line(int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
    return line;
  }

  /// The column in bytes, from 1.
  int column(int position) {
    int from = text.lastIndexOf('\n', position - 1) + 1;
    return Utf8Order.encode(text.substring(from, position)).length + 1;
  }

  String place(int position) {
    return line(position) + ":" + column(position);
  }
}
