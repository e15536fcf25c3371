package io.lamella.promql.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowsTest {
  @Test
  void aWindowCutsATimeRangeThatItIncludesInPart() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      Windows w =
          new Windows(
              random.nextInt(-20, 20),
              random.nextInt(6),
              random.nextInt(6),
              1 + random.nextInt(12));
      long first = random.nextInt(-40, 40);
      long last = first + random.nextInt(8);
      assertEquals(isCut(w, first, last), w.cut(first, last), w + " " + first + ".." + last);
    }
  }

  @Test
  void theEndsMayBeInSeveralRuns() {
    Random random = new Random(6);
    for (int i = 0; i < 200_000; i++) {
      List<Windows.Run> runs = new ArrayList<>();
      int at = random.nextInt(-30, 0);
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        Windows.Run run = new Windows.Run(at, random.nextInt(1, 4), random.nextInt(1, 4));
        runs.add(run);
        at = (int) (run.firstEndMillis() + run.count() * run.stepMillis()) + random.nextInt(12);
      }
      Windows w = new Windows(runs, 1 + random.nextInt(12));
      long first = random.nextInt(-40, 40);
      long last = first + random.nextInt(8);
      assertEquals(isCut(w, first, last), w.cut(first, last), w + " " + first + ".." + last);
    }
  }

  private static boolean isCut(Windows w, long first, long last) {
    for (Windows.Run run : w.runs()) {
      if (isCut(run, w.widthMillis(), first, last)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCut(Windows.Run run, long width, long first, long last) {
    for (int k = 0; k < run.count(); k++) {
      long end = run.firstEndMillis() + k * run.stepMillis();
      int held = 0;
      for (long t = first; t <= last; t++) {
        if (t > end - width && t <= end) {
          held++;
        }
      }
      if (held > 0 && held < last - first + 1) {
        return true;
      }
    }
    return false;
  }
}
