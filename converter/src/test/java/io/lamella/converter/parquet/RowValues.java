package io.lamella.converter.parquet;

import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/// The values of one row group of a labels file, read by parquet-java's column readers.
final class RowValues {
  private final List<String> columns = new ArrayList<>();
  private final Map<String, List<byte @Nullable []>> values = new HashMap<>();

  RowValues(ParquetFileReader reader, PageReadStore group) {
    var schema = reader.getFileMetaData().getSchema();
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            group, new Nothing(), schema, reader.getFileMetaData().getCreatedBy());
    for (ColumnDescriptor c : schema.getColumns()) {
      String name = c.getPath()[0];
      columns.add(name);
      if (c.getPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
        continue;
      }
      ColumnReader column = store.getColumnReader(c);
      List<byte @Nullable []> out = new ArrayList<>();
      for (long r = 0; r < group.getRowCount(); r++) {
        boolean present = column.getCurrentDefinitionLevel() == c.getMaxDefinitionLevel();
        out.add(present ? column.getBinary().getBytes() : null);
        column.consume();
      }
      values.put(name, out);
    }
  }

  private static ColumnReader column(ParquetFileReader reader, PageReadStore group, String name) {
    var schema = reader.getFileMetaData().getSchema();
    return new ColumnReadStoreImpl(
            group, new Nothing(), schema, reader.getFileMetaData().getCreatedBy())
        .getColumnReader(schema.getColumnDescription(new String[] {name}));
  }

  /// The values of a column of 64-bit integers.
  static long[] integers(ParquetFileReader reader, PageReadStore group, String name) {
    ColumnReader column = column(reader, group, name);
    long[] out = new long[(int) group.getRowCount()];
    for (int r = 0; r < out.length; r++) {
      out[r] = column.getLong();
      column.consume();
    }
    return out;
  }

  /// The values of a column of 64-bit floats.
  static double[] floats(ParquetFileReader reader, PageReadStore group, String name) {
    ColumnReader column = column(reader, group, name);
    double[] out = new double[(int) group.getRowCount()];
    for (int r = 0; r < out.length; r++) {
      out[r] = column.getDouble();
      column.consume();
    }
    return out;
  }

  byte[] bytes(String column, int row) {
    byte[] v = values.getOrDefault(column, List.of()).get(row);
    if (v == null) {
      throw new IllegalStateException("no value of " + column + " in row " + row);
    }
    return v;
  }

  /// The labels of a row, and the numbers of their columns.
  void labels(int row, LabelsBuilder labels, List<Integer> numbers) {
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i);
      byte[] v =
          name.startsWith(BlockSchema.LABEL_PREFIX)
              ? values.getOrDefault(name, List.of()).get(row)
              : null;
      if (v != null) {
        labels.add(
            name.substring(BlockSchema.LABEL_PREFIX.length()),
            io.lamella.model.Utf8Order.decode(v, 0, v.length));
        numbers.add(i);
      }
    }
  }

  /// Column readers need converters, which are not used because values are read one by one.
  private static final class Nothing extends GroupConverter {
    @Override
    public Converter getConverter(int field) {
      return new PrimitiveConverter() {};
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
