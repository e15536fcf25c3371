package io.lamella.gateway.read;

import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.RowRanges;
import io.lamella.model.Matcher;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.LabelDictionary;
import io.lamella.storage.block.read.LabelPage;
import io.lamella.storage.block.read.NumberPage;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The label columns of one row group, decoded for the candidate rows, and the rows among them that
/// match.
public final class LabelRows {
  private final LabelPlan plan;
  private final int[] rows;
  private final int[][] codes;
  private final @Nullable LabelDictionary[] dictionaries;

  private LabelRows(
      LabelPlan plan, int[] rows, int[][] codes, @Nullable LabelDictionary[] dictionaries) {
    this.plan = plan;
    this.rows = rows;
    this.codes = codes;
    this.dictionaries = dictionaries;
  }

  /// The byte ranges that [#decode] will ask for.
  public static List<ByteRange> ranges(LabelPlan plan) {
    List<ByteRange> out = new ArrayList<>();
    for (ColumnPages c : plan.columns()) {
      int[] pages = BlockPlanner.pagesWithValues(c, plan.candidates());
      if (pages.length > 0) {
        c.dictionary().ifPresent(out::add);
        for (int p : pages) {
          out.add(c.range(p));
        }
      }
    }
    plan.times()
        .ifPresent(t -> {
          for (ColumnPages c : List.of(t.first(), t.last())) {
            for (int p : BlockPlanner.pagesWithValues(c, plan.candidates())) {
              out.add(c.range(p));
            }
          }
        });
    return out;
  }

  /// Decodes the pages and tests the matchers, each distinct value once.
  public static LabelRows decode(LabelPlan plan, RangeReader.Fetched fetched, String place)
      throws CorruptBlockException {
    int n = plan.columns().size();
    int[][] codes = new int[n][];
    @Nullable LabelDictionary[] dictionaries = new LabelDictionary[n];
    for (int c = 0; c < n; c++) {
      codes[c] = column(plan, c, fetched, dictionaries, place);
    }
    int[] rows = candidates(plan.candidates());
    boolean[] keep = new boolean[rows.length];
    Arrays.fill(keep, true);
    for (LabelPlan.ColumnMatcher m : plan.matchers()) {
      test(m.matcher(), codes[m.column()], dictionaries[m.column()], keep);
    }
    if (plan.times().isPresent()) {
      LabelPlan.TimeFilter times = plan.times().get();
      long[] first = times(plan, times.first(), fetched, place);
      long[] last = times(plan, times.last(), fetched, place);
      for (int i = 0; i < keep.length; i++) {
        keep[i] &= first[i] <= times.range().endMillis() && last[i] >= times.range().startMillis();
      }
    }
    return matched(plan, rows, codes, dictionaries, keep);
  }

  private static int[] candidates(RowRanges ranges) {
    int[] rows = new int[ranges.count()];
    int n = 0;
    for (RowRanges.RowRange r : ranges.ranges()) {
      for (int row = r.start(); row < r.end(); row++) {
        rows[n++] = row;
      }
    }
    return rows;
  }

  /// The codes of a column for the candidate rows, in their order.
  private static int[] column(
      LabelPlan plan,
      int c,
      RangeReader.Fetched fetched,
      @Nullable LabelDictionary[] dictionaries,
      String place)
      throws CorruptBlockException {
    ColumnPages column = plan.columns().get(c);
    int[] out = new int[plan.candidates().count()];
    Arrays.fill(out, LabelPage.ABSENT);
    int[] pages = BlockPlanner.pagesWithValues(column, plan.candidates());
    if (pages.length == 0) {
      return out;
    }
    ByteRange where =
        column
            .dictionary()
            .orElseThrow(() ->
                new CorruptBlockException(
                    "cannot read column \""
                        + column.name()
                        + "\": no dictionary [object="
                        + place
                        + "]"));
    LabelDictionary dictionary = LabelDictionary.decode(column, fetched.slice(where), place);
    dictionaries[c] = dictionary;
    for (int p : pages) {
      int from = column.firstRow(p);
      int end = column.endRow(p);
      int[] page =
          LabelPage.decode(column, fetched.slice(column.range(p)), end - from, dictionary, place);
      copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(page, at, out, to, n));
    }
    return out;
  }

  /// The numbers of a column for the candidate rows, in their order.
  private static long[] times(
      LabelPlan plan, ColumnPages column, RangeReader.Fetched fetched, String place)
      throws CorruptBlockException {
    long[] out = new long[plan.candidates().count()];
    for (int p : BlockPlanner.pagesWithValues(column, plan.candidates())) {
      int from = column.firstRow(p);
      int end = column.endRow(p);
      long[] page = NumberPage.decode(column, fetched.slice(column.range(p)), end - from, place);
      copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(page, at, out, to, n));
    }
    return out;
  }

  /// Copies a stretch of a page, from its position `from` on, to the position `to` of the
  /// candidates.
  @FunctionalInterface
  private interface Copy {
    void copy(int from, int to, int count);
  }

  /// Copies the candidate rows of a page that holds rows `[from, end)`.
  private static void copy(RowRanges candidates, int from, int end, Copy copy) {
    int before = 0;
    for (RowRanges.RowRange r : candidates.ranges()) {
      int start = Math.max(r.start(), from);
      int stop = Math.min(r.end(), end);
      if (start < stop) {
        copy.copy(start - from, before + start - r.start(), stop - start);
      }
      before += r.end() - r.start();
    }
  }

  private static void test(
      Matcher matcher, int[] codes, @Nullable LabelDictionary dictionary, boolean[] keep) {
    boolean absent = matcher.matchesEmpty();
    int size = dictionary == null ? 0 : dictionary.size();
    byte[] verdicts = new byte[size];
    for (int i = 0; i < keep.length; i++) {
      if (!keep[i]) {
        continue;
      }
      int code = codes[i];
      if (code < 0 || dictionary == null) {
        keep[i] = absent;
      } else {
        if (verdicts[code] == 0) {
          verdicts[code] = (byte) (matcher.matches(dictionary.value(code)) ? 1 : 2);
        }
        keep[i] = verdicts[code] == 1;
      }
    }
  }

  private static LabelRows matched(
      LabelPlan plan,
      int[] rows,
      int[][] codes,
      @Nullable LabelDictionary[] dictionaries,
      boolean[] keep) {
    int n = 0;
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        rows[n] = rows[i];
        for (int[] c : codes) {
          c[n] = c[i];
        }
        n++;
      }
    }
    return new LabelRows(plan, Arrays.copyOf(rows, n), codes, dictionaries);
  }

  public int rowGroup() {
    return plan.rowGroup();
  }

  /// The rows that match, ascending; rows count within the row group.
  public int[] rows() {
    return rows;
  }

  /// How many label columns were read.
  public int columns() {
    return codes.length;
  }

  /// The label name of a column.
  public String name(int column) {
    return plan.columns().get(column).name().substring(BlockSchema.LABEL_PREFIX.length());
  }

  /// The value of a column in the `i`-th matching row; empty where the row lacks the label.
  public String value(int column, int i) {
    int code = codes[column][i];
    LabelDictionary dictionary = dictionaries[column];
    return code < 0 || dictionary == null ? "" : dictionary.value(code);
  }
}
