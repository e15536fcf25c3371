package io.lamella.gateway.read;

import io.lamella.gateway.cache.DecodedLabels;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.RowRanges;
import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.LabelDictionary;
import io.lamella.storage.block.read.LabelPage;
import io.lamella.storage.block.read.NumberPage;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.object.ByteRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The label columns of one row group, decoded for the candidate rows, and the rows among them that
/// match.
public final class LabelRows {
  /// A label's values for the matching rows.
  private static final class Column {
    private final String name;
    private final int[] codes;
    private final IntFunction<String> values;

    /// @param codes one a row, negative where the row lacks the label; `values` gives the label
    ///   value of a code
    Column(String name, int[] codes, IntFunction<String> values) {
      this.name = name;
      this.codes = codes;
      this.values = values;
    }
  }

  /// A regular expression may take long; the thread is interrupted at the query's deadline.
  private static final int VALUES_PER_CHECK = 256;

  private final LabelPlan plan;
  private final int[] rows;
  private final List<Column> columns;
  private final long[] hashes;
  private final Map<String, long[]> numbers;

  /// Reserved on the query's budget until [#release].
  private long heldBytes;

  /// @param numbers by column name, one a matching row
  private LabelRows(
      LabelPlan plan,
      int[] rows,
      List<Column> columns,
      long[] hashes,
      Map<String, long[]> numbers) {
    this.numbers = numbers;
    this.plan = plan;
    this.rows = rows;
    this.columns = columns;
    this.hashes = hashes;
  }

  /// The pages of a plan, and the budget on which their decoded form is reserved.
  ///
  /// @param objectName for messages
  private record Source(
      LabelPlan plan, RangeReader.Fetched fetched, QueryBudget budget, String objectName) {
    ByteBuffer page(ColumnPages column, int page) {
      return fetched.slice(column.range(page));
    }
  }

  /// Decodes the pages of [LabelPlan#ranges] and tests the candidate rows, each distinct value
  /// once. What is decoded is reserved on the budget before it is allocated.
  ///
  /// @param objectName for messages
  /// @throws InterruptedException where the query is cancelled or its time is up
  public static LabelRows decode(
      LabelPlan plan, RangeReader.Fetched fetched, QueryBudget budget, String objectName)
      throws CorruptBlockException, InterruptedException {
    Source source = new Source(plan, fetched, budget, objectName);
    long arrays = arrayBytes(plan, plan.candidates().count());
    budget.reserveMemory(arrays);
    long[] dictionaryBytes = {0};
    try {
      LabelRows rows = decode(source, dictionaryBytes);
      rows.heldBytes = arrayBytes(plan, rows.rows.length) + dictionaryBytes[0];
      budget.releaseMemory(arrays - arrayBytes(plan, rows.rows.length));
      return rows;
    } catch (CorruptBlockException | InterruptedException | RuntimeException e) {
      budget.releaseMemory(arrays + dictionaryBytes[0]);
      throw e;
    }
  }

  /// The memory of all arrays with an entry for each of `rows` rows.
  private static long arrayBytes(LabelPlan plan, long rows) {
    long perRow =
        5
            + 4L * plan.columns().read().size()
            + 4L * plan.columns().key().map(k -> 1 + k.labels().size()).orElse(0)
            + 8L * plan.numberColumns().size()
            + 8L * (plan.columns().hash().isPresent() ? 1 : 0);
    return rows * perRow;
  }

  /// Releases the memory of the rows, which must not be used any more.
  public void release(QueryBudget budget) {
    budget.releaseMemory(heldBytes);
    heldBytes = 0;
  }

  /// @param dictionaryBytes receives the bytes that were reserved for dictionaries
  private static LabelRows decode(Source source, long[] dictionaryBytes)
      throws CorruptBlockException, InterruptedException {
    LabelPlan plan = source.plan();
    int n = plan.columns().read().size();
    int[][] codes = new int[n][];
    @Nullable LabelDictionary[] dictionaries = new LabelDictionary[n];
    for (int c = 0; c < n; c++) {
      codes[c] = column(source, c, dictionaries, dictionaryBytes);
    }
    int[] rows = candidates(plan.candidates());
    boolean[] keep = new boolean[rows.length];
    Arrays.fill(keep, true);
    for (LabelPlan.ColumnMatcher m : plan.tests().matchers()) {
      test(m.matcher(), codes[m.column()], dictionaries[m.column()], keep);
    }
    Map<String, long[]> numbers = new HashMap<>();
    for (ColumnPages c : plan.numberColumns()) {
      numbers.put(c.name(), numbers(source, c));
    }
    if (plan.tests().times().isPresent()) {
      LabelPlan.TimeFilter times = plan.tests().times().get();
      long[] first = Objects.requireNonNull(numbers.get(times.first().name()));
      long[] last = Objects.requireNonNull(numbers.get(times.last().name()));
      for (int i = 0; i < keep.length; i++) {
        keep[i] &= first[i] <= times.range().endMillis() && last[i] >= times.range().startMillis();
      }
    }
    numbers.replaceAll((_, all) -> kept(all, keep));
    return matched(plan, rows, codes, dictionaries, kept(hashes(source), keep), numbers, keep);
  }

  /// The series hashes of the candidate rows, in their order; empty where the plan reads none.
  private static long[] hashes(Source source) throws CorruptBlockException {
    LabelPlan plan = source.plan();
    if (plan.columns().hash().isEmpty()) {
      return new long[0];
    }
    ColumnPages column = plan.columns().hash().get();
    long[] out = new long[plan.candidates().count()];
    for (int p : BlockPlanner.pagesWithValues(column, plan.candidates())) {
      int from = column.firstRow(p);
      int end = column.endRow(p);
      PageKey key = source.fetched().key(column.range(p));
      Optional<long[]> decoded = source.fetched().labels().hashes(key);
      long[] hashes = decoded.isPresent() ? decoded.get() : hashes(source, column, p);
      copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(hashes, at, out, to, n));
    }
    return out;
  }

  private static long[] hashes(Source source, ColumnPages column, int p)
      throws CorruptBlockException {
    ByteBuffer bytes = source.page(column, p);
    int rows = column.endRow(p) - column.firstRow(p);
    long memory = ValuePage.memoryBytes(column, bytes, rows, source.objectName()) + 8L * rows;
    source.budget().reserveMemory(memory);
    ValuePage page = ValuePage.decode(column, bytes, rows, source.objectName());
    long[] out = new long[rows];
    for (int i = 0; i < rows; i++) {
      for (int b = 0; b < page.length(i); b++) {
        out[i] = out[i] << 8 | page.bytes()[page.from(i) + b] & 0xff;
      }
    }
    source.fetched().labels().put(source.fetched().key(column.range(p)), out);
    source.budget().releaseMemory(memory);
    return out;
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
      Source source, int c, @Nullable LabelDictionary[] dictionaries, long[] dictionaryBytes)
      throws CorruptBlockException {
    LabelPlan plan = source.plan();
    String objectName = source.objectName();
    ColumnPages column = plan.columns().read().get(c);
    int[] out = new int[plan.candidates().count()];
    Arrays.fill(out, LabelPage.ABSENT);
    int[] pages = BlockPlanner.pagesWithValues(column, plan.candidates());
    if (pages.length == 0) {
      return out;
    }
    ByteRange dictionaryRange =
        column
            .dictionary()
            .orElseThrow(() ->
                new CorruptBlockException(
                    "cannot read column \""
                        + column.name()
                        + "\": no dictionary [object="
                        + objectName
                        + "]"));
    LabelDictionary dictionary = dictionary(source, column, dictionaryRange, dictionaryBytes);
    dictionaries[c] = dictionary;
    for (int p : pages) {
      int from = column.firstRow(p);
      int end = column.endRow(p);
      PageKey key = source.fetched().key(column.range(p));
      Optional<int[]> decoded = source.fetched().labels().codes(key);
      if (decoded.isPresent()) {
        int[] page = decoded.get();
        copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(page, at, out, to, n));
        continue;
      }
      ByteBuffer bytes = source.page(column, p);
      long memory = LabelPage.memoryBytes(column, bytes, end - from, objectName);
      source.budget().reserveMemory(memory);
      int[] page = LabelPage.decode(column, bytes, end - from, dictionary, objectName);
      source.fetched().labels().put(key, page);
      copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(page, at, out, to, n));
      source.budget().releaseMemory(memory);
    }
    return out;
  }

  /// @param dictionaryBytes receives the bytes that were reserved
  private static LabelDictionary dictionary(
      Source source, ColumnPages column, ByteRange range, long[] dictionaryBytes)
      throws CorruptBlockException {
    PageKey key = source.fetched().key(range);
    Optional<DecodedLabels.Dictionary> decoded = source.fetched().labels().dictionary(key);
    if (decoded.isPresent()) {
      // The query may hold it longer than the cache does.
      source.budget().reserveMemory(decoded.get().bytes());
      dictionaryBytes[0] += decoded.get().bytes();
      return decoded.get().values();
    }
    ByteBuffer page = source.fetched().slice(range);
    long memory = LabelDictionary.memoryBytes(column, page, source.objectName());
    source.budget().reserveMemory(memory);
    dictionaryBytes[0] += memory;
    LabelDictionary out = LabelDictionary.decode(column, page, source.objectName());
    source.fetched().labels().put(key, new DecodedLabels.Dictionary(out, memory));
    return out;
  }

  /// The numbers of a column for the candidate rows, in their order.
  private static long[] numbers(Source source, ColumnPages column) throws CorruptBlockException {
    LabelPlan plan = source.plan();
    long[] out = new long[plan.candidates().count()];
    for (int p : BlockPlanner.pagesWithValues(column, plan.candidates())) {
      int from = column.firstRow(p);
      int end = column.endRow(p);
      ByteBuffer bytes = source.page(column, p);
      long memory = NumberPage.memoryBytes(column, bytes, end - from, source.objectName());
      source.budget().reserveMemory(memory);
      long[] page = NumberPage.decode(column, bytes, end - from, source.objectName());
      copy(plan.candidates(), from, end, (at, to, n) -> System.arraycopy(page, at, out, to, n));
      source.budget().releaseMemory(memory);
    }
    return out;
  }

  /// Copies `count` rows of a page, from its row `from` on, to the position `to` among the
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
      Matcher matcher, int[] codes, @Nullable LabelDictionary dictionary, boolean[] keep)
      throws InterruptedException {
    boolean absent = matcher.matchesEmpty();
    int size = dictionary == null ? 0 : dictionary.size();
    byte[] verdicts = new byte[size];
    int tested = 0;
    for (int i = 0; i < keep.length; i++) {
      if (!keep[i]) {
        continue;
      }
      int code = codes[i];
      if (code < 0 || dictionary == null) {
        keep[i] = absent;
      } else {
        if (verdicts[code] == 0) {
          if (++tested % VALUES_PER_CHECK == 0 && Thread.interrupted()) {
            throw new InterruptedException();
          }
          verdicts[code] = (byte) (matcher.matches(dictionary.value(code)) ? 1 : 2);
        }
        keep[i] = verdicts[code] == 1;
      }
    }
  }

  private static long[] kept(long[] all, boolean[] keep) {
    int n = 0;
    for (int i = 0; i < all.length; i++) {
      if (keep[i]) {
        all[n++] = all[i];
      }
    }
    return Arrays.copyOf(all, n);
  }

  private static LabelRows matched(
      LabelPlan plan,
      int[] rows,
      int[][] codes,
      @Nullable LabelDictionary[] dictionaries,
      long[] hashes,
      Map<String, long[]> numbers,
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
    int[] matching = Arrays.copyOf(rows, n);
    List<Column> columns = new ArrayList<>();
    plan.columns().key().ifPresent(k -> columns.addAll(keyColumns(plan, k, matching)));
    // A block may have tens of thousands of label columns, so the labels of the sort key are looked
    // up in a set.
    Set<String> keyLabels = new HashSet<>();
    columns.forEach(k -> keyLabels.add(k.name));
    for (int c = 0; c < codes.length; c++) {
      LabelDictionary dictionary = dictionaries[c];
      String name =
          plan.columns().read().get(c).name().substring(BlockSchema.LABEL_PREFIX.length());
      if (dictionary == null || keyLabels.contains(name)) {
        continue;
      }
      // Values of rows that did not match are dropped, and labels that no matching row has.
      int[] kept = n < codes[c].length ? Arrays.copyOf(codes[c], n) : codes[c];
      if (hasValue(kept)) {
        columns.add(new Column(name, kept, dictionary::value));
      }
    }
    // So that the labels of a row need not be sorted.
    columns.sort(Comparator.comparing(c -> c.name, Utf8Order.COMPARATOR));
    return new LabelRows(plan, matching, columns, hashes, numbers);
  }

  private static boolean hasValue(int[] codes) {
    for (int code : codes) {
      if (code >= 0) {
        return true;
      }
    }
    return false;
  }

  /// The labels of the sort key, from the directory of runs.
  private static List<Column> keyColumns(LabelPlan plan, LabelPlan.KeyLabels key, int[] rows) {
    RunDirectory runs = key.runs();
    int[] run = new int[rows.length];
    int at = 0;
    for (int i = 0; i < rows.length; i++) {
      long row = plan.rows().firstRow() + rows[i];
      while (runs.endRow(at) <= row) {
        at++;
      }
      run[i] = at;
    }
    List<Column> out = new ArrayList<>();
    for (int label : key.labels()) {
      int[] codes = new int[rows.length];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = runs.code(label, run[i]);
      }
      out.add(new Column(runs.labels().get(label), codes, runs.values(label)::get));
    }
    return out;
  }

  /// The data columns whose chunks need not be read.
  public List<StatisticsColumn> statistics() {
    return plan.statistics();
  }

  /// The numbers of a column of the plan, one a matching row.
  public long[] numbers(ColumnPages column) {
    return Objects.requireNonNull(numbers.get(column.name()), column.name());
  }

  /// From the first to the last sample of the `i`-th matching row; empty where the plan does not
  /// read it.
  public Optional<TimeRange> times(int i) {
    return plan.tests()
        .times()
        .map(t -> new TimeRange(numbers(t.first())[i], numbers(t.last())[i]));
  }

  /// The rows that match, ascending; rows count within the row group.
  public int[] rows() {
    return rows;
  }

  /// The number of labels that were read.
  public int columns() {
    return columns.size();
  }

  /// The label name of a column.
  public String name(int column) {
    return columns.get(column).name;
  }

  /// The value of a column in the `i`-th matching row; empty where the row lacks the label.
  public String value(int column, int i) {
    Column c = columns.get(column);
    int code = c.codes[i];
    return code < 0 ? "" : c.values.apply(code);
  }

  /// True where the `i`-th matching row has the same values as the one before it.
  public boolean equalsPrevious(int i) {
    if (i == 0) {
      return false;
    }
    for (Column c : columns) {
      if (c.codes[i] != c.codes[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /// The hash of the labels of the `i`-th matching row, where the plan reads hashes; else 0.
  public long hash(int i) {
    return hashes.length == 0 ? 0 : hashes[i];
  }
}
