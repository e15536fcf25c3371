package io.lamella.promql;

import java.util.List;

/// The value of a query.
public sealed interface Value {
  /// The name of the type in Prometheus' API.
  String type();

  record Scalar(long timeMillis, double value) implements Value {
    @Override
    public String type() {
      return "scalar";
    }
  }

  record Text(long timeMillis, String value) implements Value {
    @Override
    public String type() {
      return "string";
    }
  }

  /// The elements at one moment, in the order of the query.
  record Vector(List<VectorSample> samples) implements Value {
    public Vector {
      samples = List.copyOf(samples);
    }

    @Override
    public String type() {
      return "vector";
    }
  }

  /// Series sorted by labels.
  record Matrix(List<MatrixSeries> series) implements Value {
    public Matrix {
      series = List.copyOf(series);
    }

    @Override
    public String type() {
      return "matrix";
    }
  }
}
