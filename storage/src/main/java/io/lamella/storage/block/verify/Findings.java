package io.lamella.storage.block.verify;

import io.lamella.storage.block.CorruptBlockException;
import java.util.ArrayList;
import java.util.List;

/// Collects the errors of one block. Only the first ones are kept, the others are counted, because
/// one unreadable page can cause an error in every row after it. Used by one thread.
public final class Findings {
  /// The number of findings that are kept.
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

  /// Adds an error for bytes that cannot be decoded. Totals and runs that depend on them cannot be
  /// checked afterwards.
  void addUnreadable(String object, String place, CorruptBlockException e) {
    incomplete = true;
    Throwable reason = e.getCause() == null ? e : e.getCause();
    add(object, place, "cannot decode: " + reason.getMessage());
  }

  /// Records that a part could not be read, so totals of the block cannot be checked.
  void lose() {
    incomplete = true;
  }

  /// True where every sample of the block was read.
  boolean isComplete() {
    return !incomplete;
  }

  /// The number of all findings.
  public long count() {
    return kept.size() + more;
  }

  /// The first [#KEPT], in the order in which they were found.
  public List<Finding> kept() {
    return List.copyOf(kept);
  }
}
