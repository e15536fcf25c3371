package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The selections of a query. Equal ones over about the same time range are fetched once and kept
/// in memory, the others are streamed through one buffer.
///
/// All selectors register before the first one reads.
public final class SelectionPool {
  /// A shared fetch may cover at most this factor of the time range of its widest part.
  private static final double MAX_WASTE = 1.5;

  private record Key(List<Matcher> matchers, Optional<java.util.Set<String>> labels) {}

  private record StoredSeries(Labels labels, SampleColumns samples) {}

  private static final class Fetch {
    private final Selection first;
    private TimeRange range;
    private int users = 1;
    private @Nullable List<StoredSeries> stored;

    Fetch(Selection first) {
      this.first = first;
      this.range = first.range();
    }

    /// The selection that covers all users.
    Selection mergedSelection() {
      SelectHints h = first.hints();
      SelectHints shared =
          new SelectHints(h.stepMillis(), h.rangeMillis(), "", h.labels(), SampleHints.EVERYTHING);
      return users == 1 ? first : new Selection(first.matchers(), range, shared);
    }
  }

  private final QueryRun run;
  private final Map<Key, List<Fetch>> fetches = new HashMap<>();
  private boolean prepared;

  public SelectionPool(QueryRun run) {
    this.run = run;
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
        return new Streaming(run.closeAtEnd(run.source().select(selection)));
      }
      List<StoredSeries> stored = fetch.stored;
      if (stored == null) {
        stored = load();
        fetch.stored = stored;
      }
      return new Replaying(stored);
    }

    private List<StoredSeries> load() {
      List<StoredSeries> out = new ArrayList<>();
      try (SeriesSet set = run.source().select(fetch.mergedSelection())) {
        while (set.next()) {
          run.check();
          SampleColumns samples = new SampleColumns();
          set.read(samples);
          run.hold(samples.size());
          out.add(new StoredSeries(set.labels(), samples));
        }
      }
      return out;
    }
  }

  public Handle register(Selection selection) {
    Key key = new Key(selection.matchers(), selection.hints().labels());
    List<Fetch> sameKey = fetches.computeIfAbsent(key, _ -> new ArrayList<>());
    TimeRange r = selection.range();
    for (Fetch f : sameKey) {
      TimeRange union = f.range.union(r);
      if (length(union) <= MAX_WASTE * Math.max(length(f.range), length(r))) {
        f.range = union;
        f.users++;
        return new Handle(selection, f);
      }
    }
    Fetch f = new Fetch(selection);
    sameKey.add(f);
    return new Handle(selection, f);
  }

  /// Announces all selections to the source when the first one is opened.
  private void prepare() {
    if (prepared) {
      return;
    }
    prepared = true;
    List<Selection> all = new ArrayList<>();
    fetches.values().forEach(sameKey -> sameKey.forEach(f -> all.add(f.mergedSelection())));
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

    Streaming(SeriesSet set) {
      this.set = set;
    }

    @Override
    public boolean next() {
      return set.next();
    }

    @Override
    public Labels labels() {
      return set.labels();
    }

    @Override
    public SampleColumns samples() {
      samples.clear();
      set.read(samples);
      return samples;
    }
  }

  private static final class Replaying implements SeriesReader {
    private final List<StoredSeries> stored;
    private int at = -1;

    Replaying(List<StoredSeries> stored) {
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
