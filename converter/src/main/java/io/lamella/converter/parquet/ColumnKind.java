package io.lamella.converter.parquet;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MilliSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;

/// The kinds of columns with their types and encodings.
enum ColumnKind {
  /// An optional string, dictionary-encoded on every page.
  LABEL(Type.BYTE_ARRAY, Encoding.RLE_DICTIONARY),
  /// The numbers of a row's label columns.
  NUMBERS(Type.BYTE_ARRAY, Encoding.DELTA_BYTE_ARRAY),
  HASH(Type.BYTE_ARRAY, Encoding.DELTA_LENGTH_BYTE_ARRAY),
  COUNT(Type.INT64, Encoding.DELTA_BINARY_PACKED),
  /// Milliseconds since the epoch.
  TIME(Type.INT64, Encoding.DELTA_BINARY_PACKED),
  /// A float.
  VALUE(Type.DOUBLE, Encoding.BYTE_STREAM_SPLIT),
  CHUNKS(Type.BYTE_ARRAY, Encoding.DELTA_LENGTH_BYTE_ARRAY);

  private final Type type;
  private final Encoding encoding;

  ColumnKind(Type type, Encoding encoding) {
    this.type = type;
    this.encoding = encoding;
  }

  Type type() {
    return type;
  }

  Encoding encoding() {
    return encoding;
  }

  /// True where the page index and the footer state bounds.
  boolean hasBounds() {
    return switch (this) {
      case LABEL, COUNT, TIME, VALUE -> true;
      case NUMBERS, HASH, CHUNKS -> false;
    };
  }

  SchemaElement schema(String name) {
    SchemaElement e = new SchemaElement(name);
    e.setType(type);
    e.setRepetition_type(
        this == LABEL ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED);
    if (this == LABEL) {
      e.setConverted_type(ConvertedType.UTF8);
      e.setLogicalType(LogicalType.STRING(new StringType()));
    }
    if (this == TIME) {
      e.setConverted_type(ConvertedType.TIMESTAMP_MILLIS);
      e.setLogicalType(
          LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.MILLIS(new MilliSeconds()))));
    }
    return e;
  }
}
