package io.lamella.gateway.http;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Requests for other times that are wrong.
class BadProposeTest extends BadBacktests {
  @Test
  void aValueThatAFieldCannotHaveIsRefused() throws Exception {
    String tail = "\n" + WINDOWS + CONSTRAINTS;
    each(NO_OBJECTS, "propose", "propose: VALUE" + tail);
    each(NO_DURATIONS, "propose.horizon", "propose: {horizon: VALUE}" + tail);
    each(NO_DURATIONS, "propose.step", "propose: {step: VALUE}" + tail);
    each(NO_TIMES, "propose.earliest", "propose: {earliest: VALUE}" + tail);
    each(NO_TIMES, "propose.latest", "propose: {latest: VALUE}" + tail);
    each(List.of("0", "-1", "101", "x", "1.5"), "propose.count", "propose: {count: VALUE}" + tail);
    each(
        List.of("0", "10001", "''"), "propose.max_windows", "propose: {max_windows: VALUE}" + tail);
    bad("propose.horizon", "propose: {horizon: 0s}" + tail);
    bad("propose.horizon", "propose: {horizon: 367d}" + tail);
    bad("propose.step", "propose: {horizon: 1h, step: 2h}" + tail);
    bad("propose.step", "propose: {horizon: 366d, step: 1s}" + tail);
    bad("propose.latest", "propose: {earliest: 60, latest: 0}" + tail);
    bad("propose.slots", "propose: {slots: 3}" + tail);
    assertRefused();
  }

  @Test
  void quietHoursHaveWorkTimesAndAZone() throws Exception {
    String tail = "\n" + WINDOWS + CONSTRAINTS;
    each(NO_OBJECTS, "propose.quiet_hours", "propose: {quiet_hours: VALUE}" + tail);
    String quiet = "propose: {quiet_hours: {work: inside, times: '22:00-06:00', VALUE}}" + tail;
    each(List.of("time_zone: Mars", "time_zone: ''"), "propose.quiet_hours.time_zone", quiet);
    bad("propose.quiet_hours.zone", quiet.replace("VALUE", "zone: UTC"));
    each(
        List.of("''", "22", "22:00", "22:00-25:00", "22-06", "24:00-06:00", "03:00-03:00", "[]"),
        "propose.quiet_hours.times",
        "propose: {quiet_hours: {work: inside, times: VALUE}}" + tail);
    bad("propose.quiet_hours.times", "propose: {quiet_hours: {work: outside}}" + tail);
    each(
        List.of("in", "''", "true"),
        "propose.quiet_hours.work",
        "propose: {quiet_hours: {work: VALUE, times: '22:00-06:00'}}" + tail);
    assertRefused();
  }

  @Test
  void tooManySlotsAreRefused() throws Exception {
    String thousand =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{start: " + i + ", duration: 1m}")
            .collect(Collectors.joining(", ", "windows: [", "]\n"));
    bad(
        "propose",
        thousand + CONSTRAINTS + "propose: {horizon: 6d, step: 1m, max_windows: 1000}\n");
    bad(
        "propose",
        thousand
            + "constraints: [{name: c, expr: up > $limit}]\nsweep: {limit: "
            + IntStream.range(0, 30).boxed().toList()
            + "}\npropose: {horizon: 1h, step: 1m, max_windows: 1000, count: 1}\nshift: [0s, 1h]\n");
    assertRefused();
  }
}
