package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Verdict.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Other times for a window in conflict. Each moves that window alone: all others stay where they
/// are.
///
/// @param window the window's id
/// @param slots at which each constraint says ok, for each combination of parameters and each
///   shift; the nearest first. Fewer than asked for where there are no more
/// @param rejected the slots that are nearer than the last of them, or all others where there are
///   too few, the nearest first
public record Proposal(String window, List<Slot> slots, List<Rejected> rejected) {
  /// A time `[start, end)`.
  ///
  /// @param movedMillis from the window's own time; negative where it is earlier
  public record Slot(long startMillis, long endMillis, long movedMillis) {}

  /// A slot that is not proposed.
  public record Rejected(Slot slot, Reason reason) {}

  /// Why a slot is not proposed.
  public sealed interface Reason {
    /// The word that results have for it.
    String text();

    /// It is not within the times that the request allows.
    record OutOfRange() implements Reason {
      @Override
      public String text() {
        return "out_of_range";
      }
    }

    /// It is within quiet hours, or is not, as the request asks.
    record OutOfHours() implements Reason {
      @Override
      public String text() {
        return "quiet_hours";
      }
    }

    /// There are no blocks of that time, or not of all of it.
    record NoHistory() implements Reason {
      @Override
      public String text() {
        return "no_history";
      }
    }

    /// A constraint does not say ok: of several, the first by shift and in the order of the
    /// request.
    ///
    /// @param firstMillis the first violation
    /// @param error where it cannot be evaluated
    record Judged(
        long shiftMillis,
        String constraint,
        SortedMap<String, String> parameters,
        Outcome outcome,
        Optional<Long> firstMillis,
        Optional<String> error)
        implements Reason {
      public Judged {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
      }

      @Override
      public String text() {
        return outcome.text();
      }
    }
  }

  public Proposal {
    slots = List.copyOf(slots);
    rejected = List.copyOf(rejected);
  }
}
