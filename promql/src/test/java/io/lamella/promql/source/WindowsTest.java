package io.lamella.promql.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

  private static boolean isCut(Windows w, long first, long last) {
    for (int k = 0; k < w.count(); k++) {
      long end = w.firstEndMillis() + k * w.stepMillis();
      int held = 0;
      for (long t = first; t <= last; t++) {
        if (t > end - w.widthMillis() && t <= end) {
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
