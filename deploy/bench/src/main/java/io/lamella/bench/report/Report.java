package io.lamella.bench.report;

import io.lamella.bench.data.DataSet;
import java.util.List;
import java.util.Map;

/// All that a run found.
///
/// @param model of the store
/// @param conversion what making Parquet of the data took
/// @param servers what is known of each server, by name
/// @param absent servers that were wanted and not there, and why
/// @param failures what makes the run a failed one; empty where all is well
public record Report(
    DataSet data,
    String model,
    int rounds,
    Conversion conversion,
    Map<String, Server> servers,
    Map<String, String> absent,
    List<ResultRow> rows,
    List<String> failures) {
  public Report {
    servers = Map.copyOf(servers);
    absent = Map.copyOf(absent);
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }

  /// @param peakBytes most resident memory of the process; 0 where it is not known
  public record Conversion(
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

  /// @param readyMillis from the start of the process to readiness; 0 where it was running
  /// @param peakBytes most resident memory of its process; 0 where it is not known
  public record Server(String url, double readyMillis, long peakBytes) {}
}
