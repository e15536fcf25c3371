package io.lamella.bench.reference;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QuerySource;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// All TSDB blocks of a directory as a query source. The labels of all series are kept in memory
/// and tested one by one. Nothing is pruned and nothing is cached, to keep the reference simple.
public final class TsdbSource implements QuerySource, AutoCloseable {
  private final List<TsdbBlock> blocks = new ArrayList<>();
  private final TreeMap<Labels, TsdbSeries> series = new TreeMap<>();

  private TsdbSource() {}

  /// Opens the blocks.
  ///
  /// @param replicaLabels external labels to remove; the others are added to every series
  public static TsdbSource open(Path directory, Set<String> replicaLabels) throws IOException {
    TsdbSource out = new TsdbSource();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path p : all.filter(Files::isDirectory).sorted().toList()) {
        out.add(TsdbBlock.open(p), replicaLabels);
      }
      return out;
    } catch (IOException | RuntimeException e) {
      out.close();
      throw e;
    }
  }

  private void add(TsdbBlock block, Set<String> replicaLabels) throws IOException {
    blocks.add(block);
    Map<String, String> external = new TreeMap<>(block.meta().externalLabels());
    external.keySet().removeAll(replicaLabels);
    block.forEachSeries(entry -> {
      LabelsBuilder labels = block.labels(entry).toBuilder();
      external.forEach(labels::set);
      TsdbSeries s = series.computeIfAbsent(labels.build(), TsdbSeries::new);
      s.add(new TsdbSeries.Part(block, entry.ref()));
    });
  }

  private static boolean matches(Labels labels, List<Matcher> matchers) {
    for (Matcher m : matchers) {
      if (!m.matches(labels.value(m.name()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public SeriesSource series(QueryBudget budget) {
    return selection -> new Cursor(selection, series.values().iterator());
  }

  /// Iterates over all series and returns those that match.
  private static final class Cursor implements SeriesSet {
    private final Selection selection;
    private final Iterator<TsdbSeries> all;
    private final SampleColumns samples = new SampleColumns();
    private Labels labels = Labels.EMPTY;

    Cursor(Selection selection, Iterator<TsdbSeries> all) {
      this.selection = selection;
      this.all = all;
    }

    @Override
    public boolean next() {
      while (all.hasNext()) {
        TsdbSeries s = all.next();
        if (matches(s.labels(), selection.matchers())) {
          samples.clear();
          try {
            TsdbSamples.read(s, selection.range(), samples);
          } catch (IOException e) {
            throw new QueryException.CorruptBlock(String.valueOf(e.getMessage()), e);
          }
          if (samples.size() > 0) {
            labels = s.labels();
            return true;
          }
        }
      }
      return false;
    }

    @Override
    public Labels labels() {
      return labels;
    }

    @Override
    public void read(SampleColumns into) {
      for (int i = 0; i < samples.size(); i++) {
        into.addFrom(samples, i);
      }
    }

    @Override
    public void close() {
      // Blocks stay open for the next query.
    }
  }

  @Override
  public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
    List<Labels> out = new ArrayList<>();
    try {
      for (TsdbSeries s : series.values()) {
        boolean matches =
            request.selectors().isEmpty()
                || request.selectors().stream().anyMatch(m -> matches(s.labels(), m));
        if (matches && TsdbSamples.mayHave(s, request.range())) {
          out.add(s.labels());
        }
      }
    } catch (IOException e) {
      throw new QueryException.CorruptBlock(String.valueOf(e.getMessage()), e);
    }
    return out;
  }

  @Override
  public SortedSet<String> labelNames(LabelsRequest request, QueryBudget budget) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels labels : labelSets(request, budget)) {
      labels.forEach((name, value) -> out.add(name));
    }
    return out;
  }

  @Override
  public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
    SortedSet<String> out = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels labels : labelSets(request, budget)) {
      out.add(labels.value(name));
    }
    out.remove("");
    return out;
  }

  @Override
  public void close() {
    blocks.forEach(TsdbBlock::close);
  }
}
