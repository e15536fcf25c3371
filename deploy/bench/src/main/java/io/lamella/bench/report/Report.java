package io.lamella.bench.report;

import io.lamella.bench.data.DataSet;
import java.util.List;
import java.util.Map;

/// The results of a run.
///
/// @param model name of the store model
/// @param conversion time, memory and size of the conversion
/// @param servers by name
/// @param absent servers that were not measured, with the reason
/// @param failures reasons why the run failed; empty where it succeeded
public record Report(
    DataSet data,
    String model,
    int rounds,
    ConversionFigures conversion,
    Map<String, ServerFigures> servers,
    Map<String, String> absent,
    List<ResultRow> rows,
    List<String> failures) {
  public Report {
    servers = Map.copyOf(servers);
    absent = Map.copyOf(absent);
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }

  /// @param peakBytes peak resident memory of the process; 0 where unknown
  public record ConversionFigures(
      double seconds,
      double samplesPerSecond,
      double cpuSeconds,
      long peakBytes,
      long sourceBytes,
      long writtenBytes) {
    double ratio() {
      return sourceBytes == 0 ? 0 : (double) writtenBytes / sourceBytes;
    }
  }

  /// @param readyMillis from the start of the process until it was ready; 0 where it was already
  ///   running
  /// @param peakBytes peak resident memory of its process; 0 where unknown
  public record ServerFigures(String url, double readyMillis, long peakBytes) {}
}
