package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/// Which stream days a run converts, and in which order.
///
/// @param times only days that overlap this range
/// @param stream matchers on the external labels of source blocks; all must match
/// @param shard the part of the work that is this process's
/// @param done what becomes of days that are done
public record DaySelection(
    TimeSpan times, List<Matcher> stream, Shard shard, Order order, DoneDays done) {
  /// All days.
  public static final DaySelection ALL =
      new DaySelection(
          new TimeSpan(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2),
          List.of(),
          new Shard(0, 1),
          Order.OLDEST_FIRST,
          DoneDays.SKIPPED);

  /// The days that a group of work items starts with.
  public enum Order {
    OLDEST_FIRST,
    NEWEST_FIRST
  }

  /// What becomes of days that are published already.
  public enum DoneDays {
    SKIPPED,
    /// They are converted once more, and the new blocks replace the old ones.
    REBUILT
  }

  /// One of `count` parts of the work. A part holds whole fortnights of a stream, counted from the
  /// epoch as Thanos' compactor does, so that few source blocks belong to two parts.
  public record Shard(int index, int count) {
    private static final long FORTNIGHT_DAYS = 14;

    public Shard {
      if (count < 1 || index < 0 || index >= count) {
        throw new IllegalArgumentException(
            "cannot take shard " + index + " of " + count + ": expected 0 to " + (count - 1));
      }
    }

    /// Whether a day of a stream is in this part.
    ///
    /// @param day counted from the epoch
    public boolean holds(Labels stream, long day) {
      if (count == 1) {
        return true;
      }
      CRC32C hash = new CRC32C();
      String text = stream + " " + Math.floorDiv(day, FORTNIGHT_DAYS);
      hash.update(text.getBytes(StandardCharsets.UTF_8));
      return hash.getValue() % count == index;
    }
  }

  public DaySelection {
    stream = List.copyOf(stream);
  }

  public DaySelection withTimes(TimeSpan times) {
    return new DaySelection(times, stream, shard, order, done);
  }

  public DaySelection withStream(List<Matcher> stream) {
    return new DaySelection(times, stream, shard, order, done);
  }

  public DaySelection withShard(Shard shard) {
    return new DaySelection(times, stream, shard, order, done);
  }

  public DaySelection withOrder(Order order) {
    return new DaySelection(times, stream, shard, order, done);
  }

  public DaySelection withDone(DoneDays done) {
    return new DaySelection(times, stream, shard, order, done);
  }

  boolean selects(Labels external) {
    return stream.stream().allMatch(m -> m.matches(external.value(m.name())));
  }

  boolean selects(Labels stream, long day) {
    long start = day * Planner.DAY_MILLIS;
    return start + Planner.DAY_MILLIS > times.startMillis()
        && start < times.endMillis()
        && shard.holds(stream, day);
  }
}
