package io.lamella.storage.block.verify;

import io.lamella.storage.block.CorruptBlockException;
import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with one block: the first findings whole, the others as a number, as one
/// lost page can make every row behind it look wrong. Used by one thread.
public final class Findings {
  /// Findings that are kept whole.
  public static final int KEPT = 10;

  private final List<Finding> kept = new ArrayList<>();
  private long more;
  private boolean incomplete;

  public void add(String object, String place, String what) {
    if (kept.size() < KEPT) {
      kept.add(new Finding(object, place, what));
    } else {
      more++;
    }
  }

  /// Adds bytes that could not be decoded: what depends on them (sums, runs) cannot be checked any
  /// more.
  void addUnreadable(String object, String place, CorruptBlockException e) {
    incomplete = true;
    Throwable reason = e.getCause() == null ? e : e.getCause();
    add(object, place, "cannot decode: " + reason.getMessage());
  }

  /// Notes that some part could not be read, so that sums over the block are not known.
  void lose() {
    incomplete = true;
  }

  /// True where every sample of the block has been seen.
  boolean isComplete() {
    return !incomplete;
  }

  /// How many there were.
  public long count() {
    return kept.size() + more;
  }

  /// The first [#KEPT], in the order in which they were found.
  public List<Finding> kept() {
    return List.copyOf(kept);
  }
}
