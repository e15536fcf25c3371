package io.lamella.converter.parquet;

/// One column of a file to write.
record Column(String name, ColumnKind kind) {}
