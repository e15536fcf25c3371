package io.lamella.bench.run;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.store.StoreModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The options of a run.
///
/// @param restarts rounds in which each class also sends a query to a newly started gateway
/// @param queriesPerRound queries per class and round
/// @param out where data, store and results go
/// @param peers other servers of the same data, URL by name
/// @param prometheus a binary to start on the TSDB blocks
public record RunOptions(
    DataSize size,
    StoreModel model,
    long seed,
    int rounds,
    int restarts,
    int queriesPerRound,
    Path out,
    Map<String, String> peers,
    Optional<Path> prometheus) {
  public RunOptions {
    peers = Map.copyOf(peers);
    if (rounds < 1 || queriesPerRound < 1 || restarts < 0) {
      throw new IllegalArgumentException(
          "cannot run "
              + rounds
              + " rounds of "
              + queriesPerRound
              + " queries: at least one of each");
    }
  }

  /// True for the small run that checks answers and GETs rather than times.
  public boolean isSmoke() {
    return size.name().equals("smoke");
  }
}
