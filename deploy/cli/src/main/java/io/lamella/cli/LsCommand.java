package io.lamella.cli;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.read.BrokenBlock;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Spec;

/// Lists the blocks of a bucket.
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the published blocks that queries read, by start time.",
      "Exit code 1 where a block's meta cannot be read."
    })
public final class LsCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!store.isGiven()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "cannot list: give --store");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ObjectStore opened = store.open()) {
      PublishedBlocks published =
          new PublishedBucket(opened, PublishedBucket.Scope.UNMARKED).refresh();
      List<BlockMeta> visible = published.visible();
      TextTable table =
          new TextTable(4, "BLOCK", "FROM", "UNTIL", "LABELS", "SERIES", "SAMPLES", "BYTES");
      long samples = 0;
      long bytes = 0;
      for (BlockMeta b : visible) {
        table.add(
            b.ulid(),
            Instant.ofEpochMilli(b.minTimeMillis()),
            Instant.ofEpochMilli(b.maxTimeMillis()),
            b.external(),
            b.counts().series(),
            b.counts().samples(),
            b.bytes());
        samples += b.counts().samples();
        bytes += b.bytes();
      }
      table.print(out);
      out.printf("%,d blocks, %,d samples, %,d bytes%n", visible.size(), samples, bytes);
      for (BrokenBlock b : published.broken()) {
        out.println("unreadable: " + b.reason());
      }
      out.flush();
      return published.broken().isEmpty() ? 0 : 1;
    }
  }
}
