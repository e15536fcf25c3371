package io.lamella.bench.run;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.store.StoreModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What to run.
///
/// @param restarts rounds in which each class is asked of a new process, too
/// @param draws questions a class and round
/// @param out where data, store and results go
/// @param peers other servers of the same data, URL by name
/// @param prometheus a binary to start on the TSDB blocks
public record RunOptions(
    DataSize size,
    StoreModel model,
    long seed,
    int rounds,
    int restarts,
    int draws,
    Path out,
    Map<String, String> peers,
    Optional<Path> prometheus) {
  public RunOptions {
    peers = Map.copyOf(peers);
    if (rounds < 1 || draws < 1 || restarts < 0) {
      throw new IllegalArgumentException(
          "cannot run " + rounds + " rounds of " + draws + " questions: at least one of each");
    }
  }

  /// True for the small run that checks answers and GETs rather than times.
  public boolean isSmoke() {
    return size.name().equals("smoke");
  }
}
