package io.lamella.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// CPU time and memory of a process, where there is a /proc.
class ProcessFiguresTest {
  @Test
  void aRunningProcessHasCpuTimeAndMemory() {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc");
    long self = ProcessHandle.current().pid();

    assertTrue(ProcessFigures.cpuSeconds(self) > 0);
    assertTrue(ProcessFigures.peakBytes(self) > 1 << 20);
  }

  @Test
  void aMissingProcessHasNoCpuTimeAndNoMemory() {
    assertEquals(0, ProcessFigures.cpuSeconds(Long.MAX_VALUE));
    assertEquals(0, ProcessFigures.peakBytes(Long.MAX_VALUE));
  }
}
