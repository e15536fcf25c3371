package io.lamella.cli;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockRepair;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes the lost meta.json of blocks again, from their files.
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the lost meta.json of blocks again, from what their files say.",
      "A meta.json that is there is never overwritten."
    })
public final class RepairCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      paramLabel = "BLOCK",
      arity = "1..*",
      description = "ULIDs of blocks, as the directories below blocks/ are named.")
  private List<String> blocks = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (!store.isGiven() || !blocks.stream().allMatch(Ulid::isUlid)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "cannot repair " + blocks + ": give --store, and blocks by their ULIDs");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ObjectStore opened = store.open()) {
      Map<Ulid, ListedBlock> listed = new HashMap<>();
      PublishedBucket.list(opened).forEach(b -> listed.put(b.block(), b));
      for (String u : blocks) {
        ListedBlock block = listed.get(Ulid.parse(u));
        if (block == null) {
          throw new IOException("cannot repair block " + u + ": it has no files");
        }
        out.println(u + "  " + repair(block, opened));
      }
    }
    return 0;
  }

  private static String repair(ListedBlock block, ObjectStore opened) throws IOException {
    if (block.meta().isPresent()) {
      return "has a meta.json; nothing was written";
    }
    BlockMeta meta = new BlockRepair(opened).meta(block);
    ByteBuffer json = ByteBuffer.wrap(BlockMetaJson.write(meta));
    return switch (opened.putIfAbsent(BlockNames.meta(meta.ulid()), json)) {
      case STORED ->
          String.format(
              "meta.json written: %,d series, %,d samples",
              meta.counts().series(), meta.counts().samples());
      case ALREADY_THERE -> "has a meta.json now; nothing was written";
    };
  }
}
