package io.lamella.gateway.select;

import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RowRequest.LabelProjection;
import io.lamella.gateway.plan.RowRequest.Need;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.query.ChunksRequest.BlockChoice;
import io.lamella.gateway.query.ChunksRequest.Content;
import io.lamella.gateway.query.ChunksRequest.Unreadable;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.select.ChunkSelection.ChunkRow;
import io.lamella.gateway.select.ChunkSelection.Wanted;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.gateway.trace.Span;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.promql.source.SampleHints;
import io.lamella.storage.block.BlockMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Series with their encoded chunks, for clients that decode them themselves.
final class ChunkQueries {
  private static final String BLOCK_ID = "__block_id";

  private final RowSelector selector;
  private final RangeReader reader;

  ChunkQueries(RowSelector selector, RangeReader reader) {
    this.selector = selector;
    this.reader = reader;
  }

  ChunkSeriesSet open(CatalogSnapshot snapshot, ChunksRequest request, QueryBudget budget) {
    Span span = CurrentSpan.get().child("select");
    span.set("matchers", request.matchers().toString());
    return CurrentSpan.in(span, () -> select(snapshot, request, budget));
  }

  private ChunkSeriesSet select(CatalogSnapshot all, ChunksRequest request, QueryBudget budget) {
    BlockChoice choice = request.blocks();
    List<String> warnings =
        choice.unreadable() == Unreadable.WARN ? Covered.missing(all, request.range()) : List.of();
    CatalogSnapshot snapshot =
        (choice.unreadable() == Unreadable.WARN ? all.readable() : all)
            .where(b -> isChosen(b, choice.matchers()));
    RowRequest rows =
        new RowRequest(
            request.matchers(),
            request.range(),
            LabelProjection.ALL,
            request.content() == Content.CHUNKS ? Need.CHUNKS : Need.LABELS_IN_RANGE,
            SampleHints.EVERYTHING);
    TraceRecorder trace = TraceRecorder.of(budget.trace(), rows);
    try {
      List<BlockRows> selected =
          selector.select(snapshot, rows, ChunkSelection.EARLY_CHUNKS, budget, trace).rows();
      return new ChunkSelection(
          sorted(selected, request, budget),
          selected,
          reader,
          budget,
          new Wanted(
              snapshot.within(request.range()).orElse(request.range()),
              request.content(),
              warnings));
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  private static boolean isChosen(BlockMeta block, List<Matcher> matchers) {
    for (Matcher m : matchers) {
      String value =
          m.name().equals(BLOCK_ID) ? block.ulid().toString() : block.external().value(m.name());
      if (!m.matches(value)) {
        return false;
      }
    }
    return true;
  }

  private static List<ChunkRow> sorted(
      List<BlockRows> selected, ChunksRequest request, QueryBudget budget) {
    List<ChunkRow> rows = new ArrayList<>();
    for (int part = 0; part < selected.size(); part++) {
      BlockRows s = selected.get(part);
      // Once as stored, and once without labels.
      int copies = request.withoutLabels().isEmpty() ? 1 : 2;
      budget.reserveMemory((long) copies * s.count() * s.bytesPerRow());
      RowLabels all = s.labels();
      Labels stored = Labels.EMPTY;
      Labels labels = Labels.EMPTY;
      for (int i = 0; i < s.count(); i++) {
        if (!s.rows().equalsPrevious(i)) {
          stored = all.of(i);
          labels = without(stored, request.withoutLabels());
        }
        if (request.kept().test(labels)) {
          rows.add(new ChunkRow(labels, stored, part, i));
        }
      }
    }
    rows.sort(ChunkRow.ORDER);
    long series = 0;
    for (int i = 0; i < rows.size(); i++) {
      series += i > 0 && rows.get(i).labels().equals(rows.get(i - 1).labels()) ? 0 : 1;
    }
    budget.reserveSeries(series);
    return rows;
  }

  /// Takes as long as there are labels, of which there are few, whatever names are to be removed.
  private static Labels without(Labels labels, Set<String> names) {
    if (names.isEmpty()) {
      return labels;
    }
    LabelsBuilder out = new LabelsBuilder(labels.size());
    boolean has = false;
    for (int i = 0; i < labels.size(); i++) {
      if (names.contains(labels.name(i))) {
        has = true;
      } else {
        out.add(labels.name(i), labels.value(i));
      }
    }
    return has ? out.build() : labels;
  }
}
