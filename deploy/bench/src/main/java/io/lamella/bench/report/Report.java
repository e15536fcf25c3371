package io.lamella.bench.report;

import io.lamella.bench.data.DataSet;
import io.lamella.bench.process.LamellaProcess.ConversionCost;
import java.util.List;
import java.util.Map;

/// The results of a run.
///
/// @param conversion time, memory and size of the conversion
/// @param failures reasons why the run failed; empty where it succeeded
public record Report(
    Run run,
    ConversionFigures conversion,
    Servers servers,
    List<ResultRow> rows,
    List<String> failures) {
  public Report {
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }

  /// @param model name of the store model
  public record Run(DataSet data, String model, int rounds) {}

  /// @param samples that were converted
  /// @param sourceBytes of the TSDB blocks
  /// @param writtenBytes of the published blocks
  public record ConversionFigures(
      ConversionCost cost, long samples, long sourceBytes, long writtenBytes) {
    public double samplesPerSecond() {
      return samples / cost.seconds();
    }

    double ratio() {
      return sourceBytes == 0 ? 0 : (double) writtenBytes / sourceBytes;
    }
  }

  /// @param measured by name
  /// @param absent servers that were not measured, with the reason
  public record Servers(Map<String, ServerFigures> measured, Map<String, String> absent) {
    public Servers {
      measured = Map.copyOf(measured);
      absent = Map.copyOf(absent);
    }
  }

  /// @param readyMillis from the start of the process until it was ready; 0 where it was already
  ///   running
  /// @param peakBytes peak resident memory of its process; 0 where unknown
  public record ServerFigures(String url, double readyMillis, long peakBytes) {}
}
