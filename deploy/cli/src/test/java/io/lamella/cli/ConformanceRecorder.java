package io.lamella.cli;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.parse.Literals;
import io.lamella.promql.script.LoadedSeries;
import io.lamella.promql.script.MemoryStorage;
import io.lamella.promql.script.PromqltestRunner;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.HistogramLayoutMerge;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Records the expected results of a conformance script: writes the samples that the script loads
/// as a TSDB block, lets Prometheus' engine evaluate the script's queries over it, and replaces the
/// expectations below each eval.
final class ConformanceRecorder {
  private static final Pattern INSTANT = Pattern.compile("eval instant at (\\S+) (.+)");
  private static final Pattern RANGE =
      Pattern.compile("eval range from (\\S+) to (\\S+) step (\\S+) (.+)");
  private static final List<String> SWITCHES = List.of("--delayed-names", "--start-timestamps");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path program;
  private final Path work;

  /// @param program Prometheus' engine as a command, the oracle; PROVENANCE.md describes its build
  /// @param work directory for blocks
  ConformanceRecorder(Path program, Path work) {
    this.program = program;
    this.work = work;
  }

  /// An eval, and the line of the output at which its expectations are inserted.
  private record Pending(JsonNode request, int line) {}

  /// @return the script's lines with the recorded expectations
  List<String> script(String name, List<String> lines) throws IOException, InterruptedException {
    List<String> out = new ArrayList<>();
    List<String> data = new ArrayList<>();
    List<Pending> pending = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("eval")) {
        separate(out);
        out.add(line);
        pending.add(new Pending(request(line), out.size()));
        while (i + 1 < lines.size() && isExpectation(lines.get(i + 1))) {
          i++;
        }
      } else if (line.startsWith("load") || line.equals("clear")) {
        out = record(name, data, out, pending);
        separate(out);
        do {
          out.add(lines.get(i));
          data.add(lines.get(i));
          i++;
        } while (i < lines.size() && !lines.get(i).isBlank());
        data.add("");
      } else if (!line.isBlank()) {
        if (!out.isEmpty() && !out.getLast().startsWith("#")) {
          separate(out);
        }
        out.add(line);
      }
    }
    return record(name, data, out, pending);
  }

  /// Records the error of each query that does not parse: one query per line, its error below it.
  List<String> errors(List<String> lines) throws IOException, InterruptedException {
    List<String> queries = lines.stream().filter(l -> !l.isEmpty() && !l.startsWith("  ")).toList();
    List<ObjectNode> requests = new ArrayList<>();
    for (String q : queries) {
      requests.add(request(q.startsWith("#") ? "1" : q, 0, 0, 0));
    }
    List<String> empty = List.of("load 1m", "  up 1", "");
    List<JsonNode> results = evaluate(write(empty), requests);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      String query = queries.get(i);
      separate(out);
      out.add(query);
      if (!query.startsWith("#")) {
        JsonNode error = results.get(i).path("error");
        if (error.isMissingNode()) {
          throw new IOException("the oracle evaluates " + query);
        }
        out.add("  " + error.asString());
      }
    }
    return out;
  }

  private static void separate(List<String> out) {
    if (!out.isEmpty() && !out.getLast().isEmpty()) {
      out.add("");
    }
  }

  private static boolean isExpectation(String line) {
    return !line.isBlank()
        && !line.startsWith("eval")
        && !line.startsWith("load")
        && !line.startsWith("#")
        && !line.equals("clear");
  }

  private static ObjectNode request(String line) {
    Matcher instant = INSTANT.matcher(line);
    if (instant.matches()) {
      long t = millis(instant.group(1));
      return request(instant.group(2), t, t, 0);
    }
    Matcher range = RANGE.matcher(line);
    if (!range.matches()) {
      throw new IllegalArgumentException("bad eval: " + line);
    }
    return request(
        range.group(4), millis(range.group(1)), millis(range.group(2)), millis(range.group(3)));
  }

  private static ObjectNode request(String query, long start, long end, long step) {
    ObjectNode out = JSON.createObjectNode();
    out.put("query", query.strip());
    out.put("start", start);
    out.put("end", end);
    out.put("step", step);
    return out;
  }

  private static long millis(String text) {
    try {
      return Literals.durationNanos(text) / 1_000_000;
    } catch (Literals.BadLiteral e) {
      throw new IllegalArgumentException(e.text(), e);
    }
  }

  /// Evaluates the pending evals over the data loaded so far and inserts their results.
  private List<String> record(
      String name, List<String> data, List<String> lines, List<Pending> pending)
      throws IOException, InterruptedException {
    if (pending.isEmpty()) {
      return lines;
    }
    List<JsonNode> results = evaluate(write(data), pending.stream().map(Pending::request).toList());
    if (results.size() != pending.size()) {
      throw new IOException(name + ": the oracle returned too few results");
    }
    List<String> out = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < lines.size(); i++) {
      out.add(lines.get(i));
      if (next < pending.size() && pending.get(next).line() == i + 1) {
        for (String l : new RecordedExpectation(results.get(next)).lines()) {
          out.add("  " + l);
        }
        next++;
      }
    }
    pending.clear();
    return out;
  }

  private Path write(List<String> data) throws IOException, InterruptedException {
    List<Collection<LoadedSeries>> stored = new ArrayList<>();
    String script = String.join("\n", data) + "\neval instant at 0 1\n  1\n";
    new PromqltestRunner(
            all -> {
              stored.add(List.copyOf(all));
              return new MemoryStorage().store(all);
            })
        .run("data", script);
    SortedMap<Labels, SampleColumns> series = asStored(stored.getFirst());
    Path root = Files.createTempDirectory(work, "blocks");
    long end = 1;
    SortedSet<String> symbols = new TreeSet<>(io.lamella.model.Utf8Order.COMPARATOR);
    for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
      SampleColumns c = s.getValue();
      end = c.size() == 0 ? end : Math.max(end, c.times()[c.size() - 1] + 1);
      for (int i = 0; i < s.getKey().size(); i++) {
        symbols.add(s.getKey().name(i));
        symbols.add(s.getKey().value(i));
      }
    }
    BlockDescription block = new BlockDescription(Ulid.of(0, new byte[10]), 0, end, 1, Map.of());
    try (BlockWriter writer = BlockWriter.create(root, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
        SampleColumns c = s.getValue();
        writer.add(s.getKey(), ChunkCutter.cut(c, 0, c.size(), ChunkCutter.DEFAULT_SAMPLES));
      }
      writer.finish();
    }
    check(root, series);
    return root;
  }

  private static SortedMap<Labels, SampleColumns> asStored(Collection<LoadedSeries> loaded) {
    SeriesSource hinted = new MemoryStorage().store(loaded);
    SortedMap<Labels, SampleColumns> out = new TreeMap<>();
    Selection everything = new Selection(List.of(), TimeRange.ALL, SelectHints.NONE);
    try (SeriesSet set = hinted.select(everything)) {
      while (set.next()) {
        SampleColumns samples = new SampleColumns();
        set.read(samples);
        if (samples.size() > 0) {
          out.put(set.labels(), HistogramLayoutMerge.widen(samples));
        }
      }
    }
    return out;
  }

  /// Checks that the oracle reads exactly the samples that the script loads.
  private void check(Path blocks, SortedMap<Labels, SampleColumns> series)
      throws IOException, InterruptedException {
    List<JsonNode> dump = run(Optional.empty(), List.of("dump", "--blocks", blocks.toString()));
    if (dump.size() != series.size()) {
      throw new IOException("the oracle reads " + dump.size() + " series of " + series.size());
    }
    for (JsonNode line : dump) {
      SortedMap<String, String> map = new TreeMap<>(io.lamella.model.Utf8Order.COMPARATOR);
      line.get("labels").properties().forEach(e -> map.put(e.getKey(), e.getValue().asString()));
      SampleColumns c = series.get(Labels.of(map));
      if (c == null || line.get("samples").size() != c.size()) {
        throw new IOException("the oracle reads another series " + map);
      }
      for (int i = 0; i < c.size(); i++) {
        JsonNode s = line.get("samples").get(i);
        if (s.get(0).asLong() != c.times()[i]
            || s.get(1).asLong() != c.startTimeAt(i)
            || !isEqual(s.get(2), c.values()[i], c.histogramAt(i))) {
          throw new IOException("the oracle reads another sample of " + map + ": " + s);
        }
      }
    }
  }

  private static boolean isEqual(
      JsonNode read, double value, @org.jspecify.annotations.Nullable Histogram h) {
    if (h == null) {
      return read.isString() && read.asString().equals(bits(value));
    }
    return read.isObject()
        && read.get("sum").asString().equals(bits(h.sum()))
        && (h.isStale()
            || read.get("count").asString().equals(bits(h.count()))
                && read.get("schema").asInt() == h.schema()
                && hasHint(read.get("reset").asInt(), h.counterReset())
                && isEqual(read.get("custom"), h.customValues())
                && isEqual(read.get("positive"), h.positive())
                && isEqual(read.get("negative"), h.negative()));
  }

  /// The counter reset hint of a chunk's first histogram is unknown; chunks end after 120
  /// histograms.
  private static boolean hasHint(int read, CounterReset loaded) {
    return read == loaded.ordinal()
        || read == CounterReset.UNKNOWN.ordinal() && loaded == CounterReset.NOT_RESET;
  }

  private static boolean isEqual(JsonNode read, double[] values) {
    boolean equal = read.size() == values.length;
    for (int i = 0; equal && i < values.length; i++) {
      equal = read.get(i).asString().equals(bits(values[i]));
    }
    return equal;
  }

  private static String bits(double v) {
    return "%016x".formatted(Double.doubleToRawLongBits(v));
  }

  private List<JsonNode> evaluate(Path blocks, List<? extends JsonNode> requests)
      throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("eval", "--blocks", blocks.toString()));
    args.addAll(SWITCHES);
    Path in = Files.createTempFile(work, "requests", ".jsonl");
    Files.write(in, requests.stream().map(JsonNode::toString).toList());
    return run(Optional.of(in), args);
  }

  private List<JsonNode> run(Optional<Path> in, List<String> args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(args);
    Path out = Files.createTempFile(work, "out", ".jsonl");
    Path err = work.resolve("oracle.log");
    ProcessBuilder b =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    in.ifPresent(f -> b.redirectInput(f.toFile()));
    if (b.start().waitFor() != 0) {
      throw new IOException(command + ": " + Files.readString(err));
    }
    try (Stream<String> lines = Files.lines(out)) {
      return lines.filter(l -> !l.isBlank()).map(l -> JSON.readTree(l)).toList();
    }
  }
}
