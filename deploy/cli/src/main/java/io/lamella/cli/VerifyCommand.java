package io.lamella.cli;

import io.lamella.converter.merge.DaySamples;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.RowOrder;
import io.lamella.storage.block.verify.SeriesVisitor;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.UncheckedObjectStoreException;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Reads whole blocks and reports damage. With source blocks given, also compares every sample with
/// them.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Reads every byte of published blocks and reports damage.",
      "Exit code 1 where a block is damaged or cannot be verified."
    })
public final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      paramLabel = "BLOCK",
      arity = "0..*",
      description = "ULIDs of blocks, as shown by ls (default: all blocks).")
  private List<String> blocks = new ArrayList<>();

  @Option(
      names = "--source",
      paramLabel = "DIR|FILE|YAML",
      description =
          "The TSDB blocks that were converted; every sample is compared with them as well.")
  private String source = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Blocks verified in parallel (default: number of processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!store.isGiven() || threads < 1 || !blocks.stream().allMatch(Ulid::isUlid)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "cannot verify " + blocks + ": give --store, and blocks by their ULIDs");
    }
    try (ObjectStore opened = store.open()) {
      if (source.isEmpty()) {
        return verify(opened, Optional.empty());
      }
      try (SourceBlocks sources = SourceBlocks.open(source)) {
        return verify(opened, Optional.of(sources));
      }
    }
  }

  private int verify(ObjectStore opened, Optional<SourceBlocks> sources)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long begun = System.nanoTime();
    int verified = 0;
    int damaged = 0;
    int failed = 0;
    long samples = 0;
    long bytes = 0;
    List<Ulid> wanted = blocks.isEmpty() ? list(opened) : blocks.stream().map(Ulid::parse).toList();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<BlockVerdict>> verdicts = new ArrayList<>();
      for (Ulid u : wanted) {
        verdicts.add(pool.submit(() -> verify(u, opened, sources)));
      }
      try {
        for (Future<BlockVerdict> f : verdicts) {
          BlockVerdict v = f.get();
          v.print(out);
          out.flush();
          switch (v) {
            case BlockVerdict.Verified(BlockReport r) -> {
              verified++;
              damaged += r.isSound() ? 0 : 1;
              samples += r.samples();
              bytes += r.bytes();
            }
            case BlockVerdict.Hidden _ -> {}
            case BlockVerdict.Failed _ -> failed++;
          }
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } finally {
        pool.shutdownNow();
      }
    }
    out.printf(
        "%,d blocks, %,d damaged%s; %,d samples, %,d bytes in %.1f s%n",
        verified,
        damaged,
        failed == 0 ? "" : String.format(", %,d not verified", failed),
        samples,
        bytes,
        (System.nanoTime() - begun) * 1e-9);
    out.flush();
    return damaged + failed == 0 ? 0 : 1;
  }

  private static List<Ulid> list(ObjectStore store) throws IOException {
    try (Stream<String> directories = store.listDirectories(BlockNames.BLOCKS)) {
      return directories
          .map(d -> d.substring(BlockNames.BLOCKS.length(), d.length() - 1))
          .filter(Ulid::isUlid)
          .map(Ulid::parse)
          .sorted()
          .toList();
    } catch (UncheckedObjectStoreException e) {
      throw e.reason();
    }
  }

  private BlockVerdict verify(Ulid block, ObjectStore opened, Optional<SourceBlocks> sources) {
    try {
      if (blocks.isEmpty()) {
        if (opened.head(BlockNames.meta(block)).isEmpty()) {
          return new BlockVerdict.Hidden(
              block, "no meta.json: an upload under way, or what one left");
        }
        if (opened.head(BlockNames.deletionMark(block)).isPresent()) {
          return new BlockVerdict.Hidden(block, "marked for deletion");
        }
      }
      Findings findings = new Findings();
      BlockVerifier verifier = new BlockVerifier(opened);
      Optional<BlockMeta> meta = verifier.meta(block, findings);
      if (meta.isEmpty()) {
        return new BlockVerdict.Verified(
            new BlockReport(block, 0, 0, 0, findings.kept(), findings.count()));
      }
      return sources.isEmpty()
          ? new BlockVerdict.Verified(verifier.verify(meta.get(), findings, SeriesVisitor.NONE))
          : compare(verifier, meta.get(), findings, sources.get());
    } catch (IOException e) {
      return new BlockVerdict.Failed(block, String.valueOf(e.getMessage()));
    }
  }

  private static BlockVerdict compare(
      BlockVerifier verifier, BlockMeta meta, Findings findings, SourceBlocks sources)
      throws IOException {
    SourceBlocks.Chosen chosen = sources.choose(meta);
    if (!chosen.missing().isEmpty() || chosen.blocks().isEmpty()) {
      return new BlockVerdict.Failed(
          meta.ulid(), "sources are not there: " + chosen.missing() + "; verify without --source");
    }
    List<TsdbBlock> open = sources.acquire(chosen.blocks());
    try {
      DaySamples samples =
          DaySamples.of(open, meta.minTimeMillis(), meta.maxTimeMillis(), meta.sortKey());
      String object = BlockNames.directory(meta.ulid()).name();
      SourceComparison comparison =
          SourceComparison.start(samples, new RowOrder(meta.sortKey()), object, findings);
      BlockReport own = verifier.verify(meta, findings, comparison);
      comparison.end();
      return new BlockVerdict.Verified(
          new BlockReport(
              own.block(),
              own.bytes(),
              own.series(),
              own.samples(),
              findings.kept(),
              findings.count()));
    } finally {
      sources.release(chosen.blocks());
    }
  }
}
