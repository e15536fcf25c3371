package io.lamella.cli;

import io.lamella.model.JsonQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Generates requests of backtests with hostile times, sizes, names and rules.
final class HostileBacktests {
  private static final List<String> TIMES =
      List.of(
          "-9223372036854775.808",
          "9223372036854.775",
          "1e999999999",
          "9999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00+18:00",
          "0.001",
          "1".repeat(100_000),
          "",
          "NaN");
  private static final List<String> DURATIONS =
      List.of("1ms", "292y", "1y", "0s", "1h", "1m", "5m", "99999999999999999999s", "-1m");
  private static final List<String> EXPRESSIONS =
      List.of(
          "ramp{dc_id=~\"$dc_id\"} > $p",
          "ramp{metric=~\"$metrics\"} < 0",
          "maintenance_window == $p",
          "{__name__=~\".*\"} > 0",
          "r0 > 0",
          "max_over_time(r1[1y:1s]) > 0",
          "sum_over_time(r2[100y]) < $p",
          "ramp{a!=\"" + "x".repeat(100_000) + "\"} > $p",
          "ramp" + " + ramp".repeat(300) + " > $p",
          "ramp{dc_id=\"$" + "y".repeat(10_000) + "\"} > 0",
          "ramp{a=~\"(\\\\pL{31}){31}\"} > 0");
  private static final List<String> IDS =
      List.of("</script><script>", "\u202e\u0000", "]]>", "\ud800", "a\nb", "w".repeat(10_000));

  private final Random random;
  private final List<String> names;
  private final long firstSecond;

  HostileBacktests(Random random, List<String> names, long firstSecond) {
    this.random = random;
    this.names = names;
    this.firstSecond = firstSecond;
  }

  String next() {
    List<String> fields = new ArrayList<>();
    fields.add("\"step\":" + quoted(chance(4) ? one(DURATIONS) : "5m"));
    fields.add("\"windows\":" + windows());
    fields.add("\"constraints\":[" + several(4, this::constraint) + "]");
    if (chance(3)) {
      fields.add("\"groups\":[{\"name\":\"g\"" + interval() + ",\"rules\":[" + rules() + "]}]");
    }
    if (chance(2)) {
      fields.add("\"sweep\":{\"p\":[" + several(chance(10) ? 9_000 : 4, this::number) + "]}");
    }
    if (chance(4)) {
      fields.add("\"shift\":[" + several(chance(10) ? 5_000 : 3, this::shift) + "]");
    }
    if (chance(3)) {
      fields.add("\"propose\":{\"horizon\":\"1d\",\"step\":" + quoted(one(DURATIONS)) + "}");
    }
    if (chance(3)) {
      fields.add(
          "\"associations\":[{\"type\":\"metrics\",\"metric\":"
              + quoted("{__name__=~\".+\"}")
              + ",\"from\":\"dc_id\",\"to\":\"metric\"}]");
    }
    String out = "{" + String.join(",", fields) + "}";
    return chance(10) ? out.substring(0, random.nextInt(out.length())) : out;
  }

  private String windows() {
    return switch (random.nextInt(8)) {
      case 0 -> text("csv", "start,duration,dc_id\n", "1,1m,%d\n");
      case 1 -> text("ical", "BEGIN:VCALENDAR\n", "A:%d\n");
      case 2 -> text("ndjson", "", "{\"start\":1,\"duration\":\"1m\",\"id\":\"%d\"}\n");
      case 3 -> "[" + "{},".repeat(random.nextInt(200_000)) + "{}]";
      default -> "[" + several(chance(10) ? 3_000 : 5, this::window) + "]";
    };
  }

  private String text(String format, String head, String line) {
    StringBuilder out = new StringBuilder(head);
    for (int i = random.nextInt(chance(4) ? 50_000 : 50); i >= 0; i--) {
      out.append(line.formatted(i));
    }
    return "{\"format\":" + quoted(format) + ",\"text\":" + quoted(out.toString()) + "}";
  }

  private String window() {
    String start = chance(8) ? one(TIMES) : "" + (firstSecond + random.nextInt(86_400));
    return (chance(20) ? "{\"id\":" + quoted(one(IDS)) + "," : "{")
        + "\"start\":"
        + quoted(start)
        + ",\"duration\":"
        + quoted(chance(4) ? one(DURATIONS) : "1h")
        + ",\"labels\":{\"dc_id\":["
        + several(chance(20) ? 20_000 : 3, this::number)
        + "]}}";
  }

  private String constraint() {
    return "{\"name\":"
        + quoted("c" + random.nextInt())
        + ",\"expr\":"
        + quoted(chance(3) ? one(names) + " < 0" : one(EXPRESSIONS))
        + (chance(3) ? ",\"lead\":" + quoted(one(DURATIONS)) : "")
        + "}";
  }

  private String interval() {
    return ",\"interval\":" + quoted(one(DURATIONS));
  }

  private String rules() {
    List<String> out = new ArrayList<>();
    for (int i = random.nextInt(chance(10) ? 3_000 : 40); i >= 0; i--) {
      String read = chance(3) ? one(EXPRESSIONS) : i > 0 ? "r" + (i + 1) : one(names);
      out.add("{\"record\":\"r" + i + "\",\"expr\":" + quoted(read) + "}");
    }
    return String.join(",", out);
  }

  private String number() {
    return "" + random.nextInt(100_000);
  }

  private String shift() {
    return quoted(random.nextInt(1_000_000) + "s");
  }

  private String several(int max, java.util.function.Supplier<String> of) {
    List<String> out = new ArrayList<>();
    for (int i = random.nextInt(max); i >= 0; i--) {
      out.add(of.get());
    }
    return String.join(",", out);
  }

  private static String quoted(String text) {
    return JsonQuote.quote(text);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }
}
