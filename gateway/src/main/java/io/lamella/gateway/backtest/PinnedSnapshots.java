package io.lamella.gateway.backtest;

import io.lamella.gateway.query.DataSnapshot;
import io.lamella.gateway.query.QueryService;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The snapshots of which parts of backtests were judged last, so that later parts see the same
/// blocks although others have appeared since. Thread-safe.
public final class PinnedSnapshots {
  private static final int MAX_SNAPSHOTS = 8;

  /// @param queries of the tenant whose blocks they are
  /// @param digest of the blocks
  private record Key(QueryService queries, String digest) {}

  private final Map<Key, DataSnapshot> snapshots = new LinkedHashMap<>();

  /// Keeps a snapshot, instead of the one that was not asked for the longest time.
  synchronized void pin(QueryService queries, String digest, DataSnapshot snapshot) {
    Key key = new Key(queries, digest);
    snapshots.remove(key);
    snapshots.put(key, snapshot);
    if (snapshots.size() > MAX_SNAPSHOTS) {
      snapshots.remove(snapshots.keySet().iterator().next());
    }
  }

  synchronized Optional<DataSnapshot> find(QueryService queries, String digest) {
    return Optional.ofNullable(snapshots.get(new Key(queries, digest)));
  }
}
