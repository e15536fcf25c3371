package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The selections of a query, streamed through one buffer each. Those of the same series over about
/// the same time range, for which the source has the same samples, are opened as one, so that it
/// fetches them once. While such a selection is read for the first time its samples are kept, as
/// long as they are few; of a larger one every selector opens a cursor of its own.
///
/// All selectors register before the first one reads.
public final class SelectionPool {
  /// A shared fetch may cover at most this factor of the time range of its widest part.
  private static final double MAX_WASTE = 1.5;

  /// More samples of a selection than this are read again rather than kept.
  private static final long MAX_KEPT_BYTES = 1 << 20;

  /// The same where several expressions are evaluated together, of which each may have the same
  /// selector.
  private static final long MAX_KEPT_BYTES_OF_SEVERAL = 16 << 20;

  private record KeptSeries(Labels labels, SampleColumns samples) {}

  private static final class Fetch {
    private final Selection first;
    private TimeRange range;
    private List<TimeRange> parts;
    private Optional<Set<String>> labels;
    private int users = 1;
    private @Nullable Recording recording;

    Fetch(Selection first) {
      this.first = first;
      this.range = first.range();
      this.parts = first.hints().parts();
      this.labels = first.hints().labels();
    }

    void add(Selection other, TimeRange union) {
      List<TimeRange> more = other.hints().parts();
      parts = parts.isEmpty() || more.isEmpty() ? List.of() : TimeRange.merged(parts, more);
      range = union;
      labels = union(labels, other.hints().labels());
      users++;
    }

    /// Labels that one of two selectors needs; empty where one needs all.
    private static Optional<Set<String>> union(Optional<Set<String>> a, Optional<Set<String>> b) {
      if (a.isEmpty() || b.isEmpty()) {
        return Optional.empty();
      }
      Set<String> out = new TreeSet<>(a.get());
      out.addAll(b.get());
      return Optional.of(out);
    }

    /// The selection that covers all users.
    Selection mergedSelection() {
      SelectHints h = first.hints();
      SelectHints shared =
          new SelectHints(
              h.stepMillis(), h.rangeMillis(), h.function(), labels, SampleHints.EVERYTHING, parts);
      return users == 1 ? first : new Selection(first.matchers(), range, shared);
    }
  }

  private final QueryRun run;
  private final long maxKeptBytes;
  private final Map<List<Matcher>, List<Fetch>> fetches = new HashMap<>();
  private boolean prepared;

  public SelectionPool(QueryRun run) {
    this(run, MAX_KEPT_BYTES);
  }

  private SelectionPool(QueryRun run, long maxKeptBytes) {
    this.run = run;
    this.maxKeptBytes = maxKeptBytes;
  }

  /// The selections of several expressions.
  public static SelectionPool ofSeveral(QueryRun run) {
    return new SelectionPool(run, MAX_KEPT_BYTES_OF_SEVERAL);
  }

  /// Opens the series of one selector.
  public final class Handle {
    private final Selection selection;
    private final Fetch fetch;

    private Handle(Selection selection, Fetch fetch) {
      this.selection = selection;
      this.fetch = fetch;
    }

    public SeriesReader open() {
      prepare();
      if (fetch.users == 1) {
        return stream(selection);
      }
      Recording recording = fetch.recording;
      if (recording == null) {
        recording = new Recording(stream(fetch.mergedSelection()));
        fetch.recording = recording;
        return recording;
      }
      return recording.isComplete()
          ? new Replaying(recording.kept)
          : stream(fetch.mergedSelection());
    }

    private Streaming stream(Selection s) {
      return new Streaming(run, run.closeAtEnd(run.source().select(s)));
    }
  }

  public Handle register(Selection selection) {
    List<Fetch> alike = fetches.computeIfAbsent(selection.matchers(), _ -> new ArrayList<>());
    TimeRange r = selection.range();
    for (Fetch f : alike) {
      TimeRange union = f.range.union(r);
      if (canShare(f.first, selection)
          && length(union) <= MAX_WASTE * Math.max(length(f.range), length(r))) {
        f.add(selection, union);
        return new Handle(selection, f);
      }
    }
    Fetch f = new Fetch(selection);
    alike.add(f);
    return new Handle(selection, f);
  }

  /// True where one selection of all labels that the two need reads not more than both.
  private boolean canShare(Selection a, Selection b) {
    return run.source().readsAlike(a.hints().function(), b.hints().function())
        && (a.hints().labels().equals(b.hints().labels())
            || !readsLess(a.hints().samples()) && !readsLess(b.hints().samples()));
  }

  private boolean readsLess(SampleHints h) {
    return h.use() != SampleUse.EVERYTHING || h.filter().isPresent() && run.source().usesFilters();
  }

  /// Announces all selections to the source when the first one is opened.
  private void prepare() {
    if (prepared) {
      return;
    }
    prepared = true;
    List<Selection> all = new ArrayList<>();
    fetches.values().forEach(alike -> alike.forEach(f -> all.add(f.mergedSelection())));
    if (all.size() > 1) {
      run.closeAtEnd(run.source().prepare(all));
    }
  }

  private static double length(TimeRange r) {
    return (double) r.endMillis() - r.startMillis() + 1;
  }

  private static final class Streaming implements SeriesReader {
    private final SeriesSet set;
    private final SampleColumns samples = new SampleColumns();
    private final HeldSamples held;

    Streaming(QueryRun run, SeriesSet set) {
      this.set = set;
      this.held = new HeldSamples(run);
    }

    @Override
    public boolean next() {
      return set.next();
    }

    @Override
    public Optional<SeriesSet> divisible() {
      return set.divisible() > 0 ? Optional.of(set) : Optional.empty();
    }

    @Override
    public Labels labels() {
      return set.labels();
    }

    @Override
    public SampleColumns samples() {
      samples.clear();
      set.read(samples);
      held.hold(samples);
      return samples;
    }
  }

  /// Keeps what it reads until that is too much.
  private final class Recording implements SeriesReader {
    private static final int SERIES_BYTES = 200;

    private final Streaming from;
    private final List<KeptSeries> kept = new ArrayList<>();
    private SampleColumns current = new SampleColumns(0);
    private boolean isFull;
    private boolean isAtEnd;
    private long bytes;

    Recording(Streaming from) {
      this.from = from;
    }

    /// True where all series are kept.
    boolean isComplete() {
      return isAtEnd && !isFull;
    }

    @Override
    public boolean next() {
      if (!from.next()) {
        isAtEnd = true;
        return false;
      }
      current = from.samples();
      if (!isFull) {
        keep();
      }
      return true;
    }

    private void keep() {
      SampleColumns copy = new SampleColumns(current.size());
      copy.addAll(current);
      long more = SERIES_BYTES + QueryMemory.of(from.labels()) + QueryMemory.of(copy);
      bytes += more;
      run.memory().hold(more);
      kept.add(new KeptSeries(from.labels(), copy));
      if (bytes > maxKeptBytes) {
        isFull = true;
        kept.clear();
        run.memory().release(bytes);
      }
    }

    @Override
    public Labels labels() {
      return from.labels();
    }

    @Override
    public SampleColumns samples() {
      return current;
    }
  }

  private static final class Replaying implements SeriesReader {
    private final List<KeptSeries> stored;
    private int at = -1;

    Replaying(List<KeptSeries> stored) {
      this.stored = stored;
    }

    @Override
    public boolean next() {
      return ++at < stored.size();
    }

    @Override
    public Labels labels() {
      return stored.get(at).labels();
    }

    @Override
    public SampleColumns samples() {
      return stored.get(at).samples();
    }
  }
}
