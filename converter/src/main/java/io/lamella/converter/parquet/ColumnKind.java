package io.lamella.converter.parquet;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.Type;

/// The kinds of columns with their types and encodings.
enum ColumnKind {
  /// An optional string, dictionary-encoded on every page.
  LABEL(Type.BYTE_ARRAY, Encoding.RLE_DICTIONARY),
  /// The numbers of a row's label columns.
  NUMBERS(Type.BYTE_ARRAY, Encoding.DELTA_BYTE_ARRAY),
  HASH(Type.BYTE_ARRAY, Encoding.DELTA_LENGTH_BYTE_ARRAY),
  /// Times, counts, or the bits of floats.
  NUMBER(Type.INT64, Encoding.DELTA_BINARY_PACKED),
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

  SchemaElement schema(String name) {
    SchemaElement e = new SchemaElement(name);
    e.setType(type);
    if (this == LABEL) {
      e.setRepetition_type(FieldRepetitionType.OPTIONAL);
      e.setConverted_type(ConvertedType.UTF8);
      e.setLogicalType(LogicalType.STRING(new StringType()));
    } else {
      e.setRepetition_type(FieldRepetitionType.REQUIRED);
    }
    return e;
  }
}
