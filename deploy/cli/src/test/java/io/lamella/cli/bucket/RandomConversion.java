package io.lamella.cli.bucket;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.converter.ConversionSummary;
import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.DaySelection.DoneDays;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.schedule.WorkItemJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// One conversion of a bucket, in one of the ways in which the converter can be called.
final class RandomConversion {
  private static final long HOUR = 3_600_000;

  /// The ways.
  enum Way {
    /// One process does all.
    AT_ONCE,
    /// Processes share the work.
    SHARDS,
    /// Each item of the plan has a process of its own; at last one process does the rest.
    ITEMS,
    /// Days that are done are converted once more.
    REBUILT,
    /// Only the days that ended some time ago.
    GRACE
  }

  /// Source and target.
  record Place(String from, String to) {}

  /// What one process has done.
  record Part(ConversionSummary summary, ExpectedBucket.Task task) {}

  private final Random random;
  private final Place place;
  private final ConversionOptions options;
  private final RandomSettings settings;
  private final List<Part> parts = new ArrayList<>();

  RandomConversion(Random random, Place place, ConversionOptions options, RandomSettings settings) {
    this.random = random;
    this.place = place;
    this.options = options;
    this.settings = settings;
  }

  /// One that leaves nothing undone.
  static Way complete(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Way.SHARDS;
      case 1 -> Way.ITEMS;
      default -> Way.AT_ONCE;
    };
  }

  static Way any(Random random, RandomSettings settings) {
    return switch (random.nextInt(5)) {
      case 0 -> Way.REBUILT;
      // A block that is held back may have samples of earlier days, of which nothing is known.
      case 1 -> settings.hasSamplesOutside() ? Way.AT_ONCE : Way.GRACE;
      default -> complete(random);
    };
  }

  /// What each process has done, in their order.
  List<Part> parts() {
    return parts;
  }

  /// @return what is wrong with a plan
  Optional<String> run(Way way) throws IOException, InterruptedException {
    return switch (way) {
      case AT_ONCE -> {
        add(options, (_, _) -> true, DoneDays.SKIPPED);
        yield Optional.empty();
      }
      case SHARDS -> shards(2 + random.nextInt(3));
      case ITEMS -> items();
      case REBUILT -> {
        DaySelection rebuilt = options.selection().withDone(DoneDays.REBUILT);
        add(options.withSelection(rebuilt), (_, _) -> true, DoneDays.REBUILT);
        yield Optional.empty();
      }
      case GRACE -> {
        // Never near midnight: the run takes its time.
        long ended = RandomBucket.START + (1 + 3L * random.nextInt(24)) * HOUR;
        Duration grace = Duration.between(Instant.ofEpochMilli(ended), Instant.now());
        add(
            options.withGrace(grace),
            (_, day) -> (day + 1) * BucketBlock.DAY <= ended,
            DoneDays.SKIPPED);
        yield Optional.empty();
      }
    };
  }

  private void add(ConversionOptions with, ExpectedBucket.Days days, DoneDays done)
      throws IOException, InterruptedException {
    ConversionSummary summary = Conversion.run(place.from, place.to, with, _ -> {});
    parts.add(new Part(summary, new ExpectedBucket.Task(settings.kind(), days, done)));
  }

  private Plan plan(ConversionOptions with) throws IOException, InterruptedException {
    return Conversion.plan(place.from, place.to, with);
  }

  /// The plans of all shards are those of the whole, each item once.
  private Optional<String> shards(int count) throws IOException, InterruptedException {
    List<String> whole = text(plan(options));
    List<String> together = new ArrayList<>();
    List<ConversionOptions> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DaySelection of = options.selection().withShard(new DaySelection.Shard(i, count));
      shards.add(options.withSelection(of));
      together.addAll(text(plan(shards.getLast())));
    }
    Collections.sort(whole);
    Collections.sort(together);
    if (!whole.equals(together)) {
      return Optional.of("shards plan " + together + ", the whole is " + whole);
    }
    // A shard may find samples of a day that is another's, which converts it in its next run.
    for (int run = settings.hasSamplesOutside() ? 2 : 1; run > 0; run--) {
      for (ConversionOptions o : shards) {
        DaySelection.Shard shard = o.selection().shard();
        add(o, shard::holds, DoneDays.SKIPPED);
      }
    }
    return Optional.empty();
  }

  private static List<String> text(Plan plan) {
    return new ArrayList<>(plan.items().stream().map(WorkItemJson::write).toList());
  }

  /// What an item has published is not planned again, unless another one finds further samples of
  /// its day.
  private Optional<String> items() throws IOException, InterruptedException {
    List<String> items = text(plan(options));
    Collections.shuffle(items, random);
    Set<String> published = new HashSet<>();
    for (String text : items) {
      WorkItem item = WorkItemJson.read(text);
      ConversionSummary summary = Conversion.runItem(place.from, place.to, item, options, _ -> {});
      if (summary.published() == 1) {
        published.add(item.stream() + " " + item.day());
      }
    }
    for (WorkItem again : plan(options).items()) {
      if (!settings.hasSamplesOutside() && published.contains(again.stream() + " " + again.day())) {
        return Optional.of("planned again: " + WorkItemJson.write(again));
      }
    }
    add(options, (_, _) -> true, DoneDays.SKIPPED);
    return Optional.empty();
  }
}
