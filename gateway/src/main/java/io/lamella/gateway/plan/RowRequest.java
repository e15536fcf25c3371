package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.Selection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What to read for one selector. Made once from the engine's selection or a metadata query, then
/// narrowed to each block by [BlockPlanner#block].
///
/// @param matchers that all must hold for a row
/// @param range closed range of sample times
/// @param labels whose values the caller needs
/// @param need whether chunks are read, and if not, which rows count
/// @param samples what the result can depend on of the samples
/// @param parts the only parts of the range of which samples are needed, ascending and apart; empty
///   for all of it
public record RowRequest(
    List<Matcher> matchers,
    TimeRange range,
    LabelProjection labels,
    Need need,
    SampleHints samples,
    List<TimeRange> parts) {
  /// What of the matching rows is read.
  public enum Need {
    /// Labels and chunks. Rows without a sample in the range may be returned.
    CHUNKS,
    /// Labels of rows that have a sample in the range.
    LABELS_IN_RANGE,
    /// The same, together with the first and the last sample time of each row.
    LABELS_AND_TIMES,
    /// Labels of all matching rows.
    LABELS
  }

  /// How series of several blocks are distinguished.
  public enum SeriesIdentity {
    /// By their labels, all of which are read.
    LABELS,
    /// By the hash of all their labels, which is read in addition to the projected labels.
    HASH
  }

  /// @param names of the labels whose values are needed, or empty for all labels
  public record LabelProjection(Optional<Set<String>> names, SeriesIdentity identity) {
    public static final LabelProjection ALL =
        new LabelProjection(Optional.empty(), SeriesIdentity.LABELS);

    public LabelProjection {
      names = names.map(Set::copyOf);
    }

    boolean needs(String label) {
      return names.isEmpty() || names.get().contains(label);
    }
  }

  public RowRequest {
    matchers = List.copyOf(matchers);
    parts = List.copyOf(parts);
  }

  public RowRequest(
      List<Matcher> matchers,
      TimeRange range,
      LabelProjection labels,
      Need need,
      SampleHints samples) {
    this(matchers, range, labels, need, samples, List.of());
  }

  /// The series of a selection, with their samples.
  public static RowRequest of(Selection s) {
    Optional<Set<String>> names = s.hints().labels();
    return new RowRequest(
        s.matchers(),
        s.range(),
        new LabelProjection(names, names.isPresent() ? SeriesIdentity.HASH : SeriesIdentity.LABELS),
        Need.CHUNKS,
        s.hints().samples(),
        s.hints().parts());
  }

  /// All labels of the series that have a sample in the range.
  public static RowRequest ofLabels(List<Matcher> matchers, TimeRange range) {
    return new RowRequest(
        matchers, range, LabelProjection.ALL, Need.LABELS_IN_RANGE, SampleHints.EVERYTHING);
  }

  /// Two labels of all series that match, and the times of their first and last samples.
  public static RowRequest ofPairs(List<Matcher> matchers, Set<String> names) {
    return new RowRequest(
        matchers,
        TimeRange.ALL,
        new LabelProjection(Optional.of(names), SeriesIdentity.LABELS),
        Need.LABELS_AND_TIMES,
        SampleHints.EVERYTHING);
  }

  /// The same of fewer labels. Series of several blocks are not told apart.
  public RowRequest projected(Set<String> names) {
    return new RowRequest(
        matchers,
        range,
        new LabelProjection(Optional.of(names), SeriesIdentity.LABELS),
        need,
        samples);
  }

  /// The same of another range.
  public RowRequest withRange(TimeRange other) {
    return new RowRequest(matchers, other, labels, need, samples, parts);
  }

  /// The same of all labels, which tell series of several blocks apart.
  public RowRequest withAllLabels() {
    return new RowRequest(matchers, range, LabelProjection.ALL, need, samples, parts);
  }

  /// The same for samples within a time range: without most parts that lie outside.
  public RowRequest within(TimeRange times) {
    if (parts.size() < 2) {
      return this;
    }
    List<TimeRange> near = parts.stream().filter(times::overlaps).toList();
    // No parts at all would mean that all samples are needed.
    return new RowRequest(
        matchers, range, labels, need, samples, near.isEmpty() ? parts.subList(0, 1) : near);
  }

  /// The smallest range that holds all that is needed of a time range; empty where nothing is.
  Optional<TimeRange> needed(TimeRange within) {
    if (parts.isEmpty()) {
      return Optional.of(range);
    }
    return parts.stream()
        .filter(p -> p.overlaps(within) && p.overlaps(range))
        .reduce(TimeRange::union)
        .map(hull ->
            new TimeRange(
                Math.max(hull.startMillis(), range.startMillis()),
                Math.min(hull.endMillis(), range.endMillis())));
  }

  /// Which samples are needed.
  public NeededTimes neededTimes() {
    return NeededTimes.of(range, parts);
  }

  public boolean readsChunks() {
    return need == Need.CHUNKS;
  }
}
