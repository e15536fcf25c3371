package io.lamella.cli.bucket;

import io.lamella.cli.Main;
import io.lamella.cli.RepairCommand;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.model.Matcher;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Damages the meta of a published block, and mends it.
final class PublishedDamage {
  /// The checksum at the end of a meta is not in the part that is damaged.
  private static final int END = 32;

  private final Path target;
  private final BlockMeta block;
  private final byte[] intact;

  private PublishedDamage(Path target, BlockMeta block, byte[] intact) {
    this.target = target;
    this.block = block;
    this.intact = intact;
  }

  /// Damages the meta of some block that replaces no other; empty where there is none.
  static Optional<PublishedDamage> some(Random random, Path target)
      throws IOException, InterruptedException {
    List<BlockMeta> all;
    try (ObjectStore store = DirectoryObjectStore.open(target)) {
      all =
          new PublishedBucket(store, PublishedBucket.Scope.ALL)
              .refresh().visible().stream().filter(m -> m.replaces().isEmpty()).toList();
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    BlockMeta block = all.get(random.nextInt(all.size()));
    Path file = file(target, block);
    byte[] intact = Files.readAllBytes(file);
    byte[] damaged = intact.clone();
    if (random.nextBoolean()) {
      damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length - END));
    } else {
      damaged[random.nextInt(damaged.length - END)] ^= (byte) (1 << random.nextInt(8));
    }
    Files.write(file, damaged);
    return Optional.of(new PublishedDamage(target, block, intact));
  }

  private static Path file(Path target, BlockMeta block) {
    return target.resolve(BlockNames.meta(block.ulid()).name());
  }

  BlockMeta block() {
    return block;
  }

  /// A query of the block's day must fail and name the block.
  Optional<String> shown() throws IOException, InterruptedException {
    Matcher any = Matcher.of(Matcher.Type.REGEX, "__name__", ".*");
    try (ObjectStore store = DirectoryObjectStore.open(target);
        Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
        SeriesSet _ =
            gateway.source().select(new Selection(List.of(any), block.range(), SelectHints.NONE))) {
      return Optional.of("the day of block " + block.ulid() + " has results, its meta is broken");
    } catch (QueryException e) {
      return String.valueOf(e.getMessage()).contains(block.ulid().toString())
          ? Optional.empty()
          : Optional.of("block " + block.ulid() + " is not named: " + e.getMessage());
    }
  }

  /// Removes the damaged meta: the block is published no more.
  void remove() throws IOException {
    Files.delete(file(target, block));
  }

  /// Writes the meta again from the files of the block.
  Optional<String> repair() throws IOException {
    remove();
    StringWriter out = new StringWriter();
    int code =
        Main.commandLine(new RepairCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute("--store", target.toString(), block.ulid().toString());
    return code == 0 && Arrays.equals(intact, Files.readAllBytes(file(target, block)))
        ? Optional.empty()
        : Optional.of("repair: " + out);
  }
}
