package io.lamella.gateway.backtest;

import io.lamella.model.TimeRange;
import java.util.Optional;

/// Asks for other times of windows in conflict. The slots of a window have its length and begin
/// `step`, `2 * step`, … up to `horizon` after or before its own start.
///
/// @param horizonMillis how far a window may be moved
/// @param stepMillis the distance of slots
/// @param count the slots that are proposed for a window
/// @param maxWindows the windows for which slots are looked for: the first in conflict
/// @param own in which a slot has to be
/// @param judged in which a slot has to be where it is judged, that is, at each shift
/// @param quietHours in which a slot has to be, or not to be
public record Propose(
    long horizonMillis,
    long stepMillis,
    int count,
    int maxWindows,
    TimeRange own,
    TimeRange judged,
    Optional<QuietHours> quietHours) {
  /// The slots of one window.
  public long slots() {
    return 2 * (horizonMillis / stepMillis);
  }

  /// How far a slot is from the window's own time.
  ///
  /// @param rank 0 for the nearest; of two that are equally far, the later one is first
  long offsetMillis(int rank) {
    long distance = (rank / 2 + 1) * stepMillis;
    return rank % 2 == 0 ? distance : -distance;
  }
}
