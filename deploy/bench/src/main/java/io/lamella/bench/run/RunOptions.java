package io.lamella.bench.run;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.store.ModelStore.SeededModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The options of a run.
///
/// @param model the store model; its seed is that of data and queries as well
/// @param out directory for data, store and results
public record RunOptions(
    DataSize size, SeededModel model, Repetitions repetitions, Path out, OtherServers others) {
  /// How often queries run.
  ///
  /// @param restarts rounds in which each class also sends a query to a newly started gateway
  /// @param queries per class and round
  public record Repetitions(int rounds, int restarts, int queries) {
    public Repetitions {
      if (rounds < 1 || queries < 1 || restarts < 0) {
        throw new IllegalArgumentException(
            "cannot run " + rounds + " rounds of " + queries + " queries: at least one of each");
      }
    }
  }

  /// Servers to compare with.
  ///
  /// @param peers other servers of the same data, URL by name
  /// @param prometheus a binary to start on the TSDB blocks
  public record OtherServers(Map<String, String> peers, Optional<Path> prometheus) {
    public OtherServers {
      peers = Map.copyOf(peers);
    }
  }

  public long seed() {
    return model.seed();
  }

  /// True for the small run that checks results and GETs rather than times.
  public boolean isSmoke() {
    return size.name().equals("smoke");
  }
}
