package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupWarmUpTest {
  private static final Set<StartupWarmUp.Api> HTTP = Set.of(StartupWarmUp.Api.HTTP);

  @TempDir Path directory;

  @Test
  void everyQuerySucceedsOverTheDemosBlocks() throws Exception {
    Path bucket = directory.resolve("bucket");
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    assertEquals(
        10, StartupWarmUp.run(bucket, EnumSet.allOf(StartupWarmUp.Api.class), () -> false));
  }

  @Test
  void itEndsWhenItsTimeIsOver() throws Exception {
    Path bucket = directory.resolve("bucket");
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    AtomicInteger checks = new AtomicInteger();
    assertEquals(4, StartupWarmUp.run(bucket, HTTP, () -> checks.incrementAndGet() > 4));
  }

  @Test
  void aDamagedBucketOnlyEndsIt() throws IOException {
    Path blocks = Files.createDirectories(directory.resolve("blocks/01JWMCKG00S0QAZ6V2XXT01W8K"));
    Files.writeString(blocks.resolve("meta.json"), "{");
    assertTrue(StartupWarmUp.run(directory, HTTP, () -> false) < 10);
  }
}
