package io.lamella.cli.bucket;

import io.lamella.cli.Main;
import io.lamella.cli.VerifyCommand;
import io.lamella.converter.ConversionSummary;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The life of one random bucket: it is converted, changed and converted again, and after each run
/// the gateway is compared with what should be there.
final class RandomBucketRun {
  private static final List<Matcher> ALL =
      List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".*"));
  private static final int QUERIES_OF_A_METRIC = 2;

  private final Random random;
  private final Random ways;
  private final Path directory;
  private final RandomSettings settings;
  private final RandomBucket bucket;
  private final ExpectedBucket expected = new ExpectedBucket();
  private final RandomQueries queries;
  private final Optional<PrometheusComparison> prometheus;
  private int compared;
  private int comparedWithPrometheus;

  /// Compares with what the test wrote.
  static RandomBucketRun of(long seed, Path directory) throws IOException {
    return new RandomBucketRun(seed, directory, new OwnBlocks(), Optional.empty());
  }

  /// Lets Prometheus write the blocks, and compares with its results, too.
  static RandomBucketRun of(long seed, Path directory, PrometheusProcess process)
      throws IOException {
    return new RandomBucketRun(
        seed,
        directory,
        new PrometheusBlocks(process),
        Optional.of(new PrometheusComparison(process)));
  }

  private RandomBucketRun(
      long seed, Path directory, BlockFactory factory, Optional<PrometheusComparison> prometheus)
      throws IOException {
    this.prometheus = prometheus;
    this.random = new Random(scrambled(seed));
    this.ways = new Random(scrambled(~seed));
    this.directory = directory;
    this.settings = new RandomSettings(random);
    this.bucket = new RandomBucket(random, factory, directory, settings);
    this.queries = new RandomQueries(random);
  }

  /// The first numbers of generators with successive seeds are nearly the same.
  private static long scrambled(long seed) {
    return new SplittableRandom(seed).nextLong();
  }

  /// Samples and query results that were compared.
  int compared() {
    return compared;
  }

  /// Conversions whose result was compared with that of Prometheus.
  int comparedWithPrometheus() {
    return comparedWithPrometheus;
  }

  /// @return the first difference
  Optional<String> run() throws IOException, InterruptedException {
    int runs = 1 + random.nextInt(4);
    for (int i = 0; i < runs; i++) {
      if (i > 0) {
        for (int c = 1 + random.nextInt(3); c > 0; c--) {
          bucket.change();
        }
        if (random.nextInt(5) == 0) {
          settings.change();
        }
      }
      RandomConversion.Way way = RandomConversion.any(ways, settings);
      Optional<String> difference =
          i > 0 && ways.nextInt(5) == 0 ? convertDamaged(way) : convert(way);
      if (difference.isPresent()) {
        return difference.map(this::withHistory);
      }
    }
    bucket.repairAll();
    return convert(RandomConversion.complete(ways)).or(this::verify).map(this::withHistory);
  }

  private String withHistory(String difference) {
    return difference
        + "\n  "
        + settings
        + "\n  "
        + bucket.history().stream().collect(Collectors.joining("\n  "));
  }

  /// Damages a published block and mends it, before the conversion or after it.
  private Optional<String> convertDamaged(RandomConversion.Way way)
      throws IOException, InterruptedException {
    Optional<PublishedDamage> some = PublishedDamage.some(ways, target());
    if (some.isEmpty()) {
      return convert(way);
    }
    PublishedDamage damage = some.get();
    bucket.history().add("published " + damage.block().ulid() + " has a broken meta");
    Optional<String> difference = damage.shown();
    if (ways.nextBoolean()) {
      difference = difference.isPresent() ? difference : damage.repair();
      return difference.isPresent() ? difference : convert(way);
    }
    expected.remove(damage.block());
    difference = difference.isPresent() ? difference : change(way, Set.of(damage.block().ulid()));
    damage.remove();
    return difference.isPresent() ? difference : compare();
  }

  private Optional<String> convert(RandomConversion.Way way)
      throws IOException, InterruptedException {
    Optional<String> difference = change(way, Set.of());
    return difference.isPresent() ? difference : compare();
  }

  /// @param broken published blocks whose metas are
  private Optional<String> change(RandomConversion.Way way, Set<Ulid> broken)
      throws IOException, InterruptedException {
    bucket.history().add("converted " + way + ": " + settings.kind());
    Path work = Files.createDirectories(directory.resolve("work"));
    RandomConversion conversion =
        new RandomConversion(
            ways,
            new RandomConversion.Place(bucket.root().toString(), target().toString()),
            settings.options(work),
            settings);
    Optional<String> difference = conversion.run(way);
    ExpectedBucket.Found found = bucket.found(settings.waits());
    int leftOut = bucket.leftOut(found);
    for (RandomConversion.Part part : conversion.parts()) {
      difference =
          difference
              .or(() -> difference(part, found, leftOut))
              .or(() -> differenceOfBroken(part.summary(), broken));
    }
    return difference;
  }

  private static Optional<String> differenceOfBroken(ConversionSummary summary, Set<Ulid> broken) {
    Set<Ulid> named = named(summary, ConversionSummary.What.PUBLISHED_BLOCK);
    return named.equals(broken)
        ? Optional.empty()
        : Optional.of("named " + named + ", published blocks with broken metas are " + broken);
  }

  private static Set<Ulid> named(ConversionSummary summary, ConversionSummary.What what) {
    Set<Ulid> out = new TreeSet<>();
    summary.problems().stream()
        .filter(p -> p.what() == what)
        .forEach(p -> out.add(Ulid.parse(p.name())));
    return out;
  }

  /// The difference in what one process says of the source blocks.
  private Optional<String> difference(
      RandomConversion.Part part, ExpectedBucket.Found found, int leftOut) {
    ConversionSummary summary = part.summary();
    if (summary.skipped() != leftOut) {
      return Optional.of(summary.skipped() + " blocks left out, expected " + leftOut);
    }
    Set<Ulid> named = expected.run(found, part.task());
    bucket
        .in(
            Condition.CORRUPT_META,
            Condition.IMPOSSIBLE_TIMES,
            Condition.MISSING_SEGMENT,
            Condition.SHORT_SEGMENT)
        .forEach(b -> named.add(b.ulid()));
    Set<Ulid> problems = named(summary, ConversionSummary.What.SOURCE_BLOCK);
    return problems.equals(named)
        ? Optional.empty()
        : Optional.of("named " + problems + ", damaged are " + named + "; " + summary.problems());
  }

  private Path target() {
    return directory.resolve("target");
  }

  private Optional<String> compare() throws IOException, InterruptedException {
    ExpectedSeries series = new ExpectedSeries(expected.samples());
    try (ObjectStore store = DirectoryObjectStore.open(target());
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      SeriesSource source = gateway.source();
      compared += series.size();
      Optional<String> difference =
          series
              .difference(source, ALL, new TimeRange(0, Long.MAX_VALUE / 4))
              .or(() -> series.difference(source, matchers(), range()))
              .or(() -> queries(source, series));
      if (difference.isEmpty() && prometheus.isPresent()) {
        return compare(prometheus.get(), series, source);
      }
      return difference;
    }
  }

  private Optional<String> compare(
      PrometheusComparison comparison, ExpectedSeries series, SeriesSource source)
      throws IOException {
    if (!PrometheusComparison.isDefined(expected)) {
      return Optional.empty();
    }
    comparison.load(expected);
    try {
      Optional<String> difference = comparison.difference(series);
      if (difference.isPresent()) {
        return difference;
      }
      List<RandomQueries.Query> all = new ArrayList<>();
      for (String metric : RandomSeries.METRICS) {
        if (series.isUncontested(metric)) {
          boolean deletions = expected.hasDeletions(metric);
          queries.of(metric, QUERIES_OF_A_METRIC).stream()
              .filter(q -> !deletions || !RandomQueries.dependsOnHints(q, metric))
              .forEach(all::add);
        }
      }
      compared += all.size();
      Optional<String> ofQueries = comparison.difference(all, source);
      comparedWithPrometheus++;
      return ofQueries;
    } catch (PrometheusProcess.Crashed e) {
      return Optional.empty();
    } finally {
      comparison.close();
    }
  }

  private List<Matcher> matchers() {
    Matcher host = Matcher.of(Matcher.Type.EQUAL, "host", "h" + random.nextInt(3));
    String metric = RandomSeries.METRICS.get(random.nextInt(RandomSeries.METRICS.size()));
    return switch (random.nextInt(4)) {
      case 0 -> List.of(host);
      case 1 ->
          List.of(
              Matcher.of(Matcher.Type.EQUAL, "__name__", metric),
              Matcher.of(Matcher.Type.NOT_EQUAL, "dc_id", "1"));
      case 2 ->
          List.of(
              Matcher.of(Matcher.Type.REGEX, "__name__", "latency.*|up"),
              Matcher.of(Matcher.Type.EQUAL, "cluster", "c" + random.nextInt(2)));
      default -> List.of(Matcher.of(Matcher.Type.EQUAL, "__name__", metric), host);
    };
  }

  private TimeRange range() {
    long from = RandomBucket.START - BucketBlock.DAY / 8 + random.nextLong(2 * BucketBlock.DAY);
    return new TimeRange(from, from + random.nextLong(2 * BucketBlock.DAY));
  }

  private Optional<String> queries(SeriesSource source, ExpectedSeries series) {
    SeriesSource written = series.source();
    for (String metric : RandomSeries.METRICS) {
      if (series.isCertain(metric)) {
        for (RandomQueries.Query q : queries.of(metric, QUERIES_OF_A_METRIC)) {
          compared++;
          String want = queries.result(q, written);
          String have = queries.result(q, source);
          if (!want.equals(have)) {
            return Optional.of(q + "\n has " + have + "\n expected " + want);
          }
          String threaded = queries.resultOfThreads(q, source);
          if (!want.equals(threaded)) {
            return Optional.of(q + "\n has on threads " + threaded + "\n expected " + want);
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Reads every byte, and compares with the source blocks.
  private Optional<String> verify() {
    StringWriter out = new StringWriter();
    List<String> arguments =
        new ArrayList<>(
            List.of("--store", target().toString(), "--source", bucket.root().toString()));
    settings
        .byFlag()
        .forEach((name, value) -> arguments.add("--external-label=" + name + "=" + value));
    int code =
        Main.commandLine(new VerifyCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(arguments.toArray(String[]::new));
    return code == 0 ? Optional.empty() : Optional.of("verify: " + out);
  }
}
