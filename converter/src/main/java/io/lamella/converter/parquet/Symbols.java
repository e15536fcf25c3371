package io.lamella.converter.parquet;

/// Numbers for strings, in their UTF-8 order: a smaller string has a smaller number.
public interface Symbols {
  String value(int number);

  int size();
}
