package io.lamella.bench.reference;

import io.lamella.cli.RandomBlocks;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.source.SeriesSource;
import java.util.Random;

/// A random query that can be evaluated from statistics: functions over whole days, comparisons.
record StatisticsQuery(String text, long startMillis, long endMillis, long stepMillis) {
  private static final String[] FUNCTIONS = {
    "count_over_time",
    "present_over_time",
    "max_over_time",
    "min_over_time",
    "sum_over_time",
    "avg_over_time",
    "last_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "absent_over_time",
    "rate",
    "quantile_over_time"
  };
  private static final String[] WIDTHS = {"10m", "1h", "1d", "36h", "2d", "3d", "4d"};
  private static final String[] COMPARISONS = {"==", "!=", ">", ">=", "<", "<=", "== bool"};
  private static final String[] NUMBERS = {"0", "1", "-0", "5", "287", "-1", "NaN", "Inf", "0.5"};

  static StatisticsQuery random(Random r) {
    String text = expression(r);
    if (r.nextInt(3) == 0) {
      text = pick(r, "sum by (dc_id)", "count", "max by (dc_id, kind)") + " (" + text + ")";
    }
    long day = RandomBlocks.DAY;
    long start = RandomBlocks.START + r.nextInt(6) * day;
    start += pick(r, 0, -1, 1, 60_000, -RandomBlocks.INTERVAL, 43_200_000, r.nextInt(86_400_000));
    return switch (r.nextInt(4)) {
      case 0 -> new StatisticsQuery(text, start, start, 0);
      case 1 -> new StatisticsQuery(text, start, start + r.nextInt(4) * day, day);
      case 2 -> new StatisticsQuery(text, start, start + day, 1_800_000);
      default -> new StatisticsQuery(text, start, start + day, 360_000);
    };
  }

  private static String expression(Random r) {
    String selector = RandomBlocks.METRICS[r.nextInt(RandomBlocks.METRICS.length)];
    String more = pick(r, "", "{dc_id=\"1\"}", "{dc_id=~\"1|2\"}", "{host!=\"h1\"}", "{kind=\"\"}");
    selector += selector.endsWith("}") ? "" : more;
    String offset = pick(r, "", "", " offset 1d", " @ end()", " offset -3h");
    String f = FUNCTIONS[r.nextInt(FUNCTIONS.length)];
    String over =
        (f.startsWith("quantile") ? f + "(0.5, " : f + "(")
            + selector
            + "["
            + WIDTHS[r.nextInt(WIDTHS.length)]
            + "]"
            + offset
            + ")";
    String compared = r.nextInt(3) == 0 ? over : selector + offset;
    String comparison = COMPARISONS[r.nextInt(COMPARISONS.length)];
    String number = NUMBERS[r.nextInt(NUMBERS.length)];
    return switch (r.nextInt(5)) {
      case 0, 1 -> over;
      case 2 -> "absent(" + compared + " > 5)";
      case 3 -> number + " " + comparison + " (" + compared + ")";
      default -> compared + " " + comparison + " " + number;
    };
  }

  private static String pick(Random r, String... of) {
    return of[r.nextInt(of.length)];
  }

  private static long pick(Random r, long... of) {
    return of[r.nextInt(of.length)];
  }

  QueryResult run(PromqlEngine engine, SeriesSource source) {
    return stepMillis == 0
        ? engine.instant(source, text, startMillis, QueryLimits.NONE)
        : engine.range(source, text, startMillis, endMillis, stepMillis, QueryLimits.NONE);
  }
}
