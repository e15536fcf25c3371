package io.lamella.cli;

import io.lamella.converter.verify.SourceVerifier;
import io.lamella.converter.verify.UnpublishedSamples;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.VerifiedSeriesVisitor;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
      "Exit code 1 where a block is damaged or cannot be verified, or where samples of a source are"
          + " missing."
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
          "The TSDB blocks that were converted; every sample is compared with them as well, and"
              + " samples of converted sources that are in no published block are reported. Blocks that"
              + " others replace are left out.")
  private String source = "";

  @Option(
      names = "--external-label",
      paramLabel = "NAME=VALUE",
      description =
          "External label of source blocks that state none, as convert got it; may be repeated.")
  private Map<String, String> external = new TreeMap<>();

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
      try (SourceVerifier sources = SourceVerifier.open(source, Labels.of(external))) {
        return verify(opened, Optional.of(sources));
      }
    }
  }

  private int verify(ObjectStore opened, Optional<SourceVerifier> sources)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long begun = System.nanoTime();
    int verified = 0;
    int damaged = 0;
    int failed = 0;
    long samples = 0;
    long bytes = 0;
    List<BlockMeta> unmarked = List.of();
    if (sources.isPresent() && blocks.isEmpty()) {
      unmarked =
          new PublishedBucket(opened, PublishedBucket.Scope.ALL)
              .refresh().unmarked().stream().map(Catalog.Entry::meta).toList();
    }
    List<BlockMeta> seen = PublishedBlocks.notReplaced(unmarked);
    Set<Ulid> replaced = new HashSet<>();
    unmarked.forEach(m -> replaced.add(m.ulid()));
    seen.forEach(m -> replaced.remove(m.ulid()));
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<VerifyResult>> results = new ArrayList<>();
      if (blocks.isEmpty()) {
        for (ListedBlock b : PublishedBucket.list(opened)) {
          results.add(
              pool.submit(() ->
                  replaced.contains(b.block())
                      ? new VerifyResult.Hidden(b.block(), "replaced by another block")
                      : verifyListed(b, opened, sources)));
        }
      }
      for (String u : blocks) {
        results.add(pool.submit(() -> verify(Ulid.parse(u), opened, sources)));
      }
      try {
        for (Future<VerifyResult> f : results) {
          VerifyResult v = f.get();
          v.print(out);
          out.flush();
          switch (v) {
            case VerifyResult.Verified(BlockReport r) -> {
              verified++;
              damaged += r.isSound() ? 0 : 1;
              samples += r.samples();
              bytes += r.bytes();
            }
            case VerifyResult.Hidden _ -> {}
            case VerifyResult.Failed _ -> failed++;
          }
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } finally {
        pool.shutdownNow();
      }
    }
    int incomplete = 0;
    if (sources.isPresent() && blocks.isEmpty()) {
      for (UnpublishedSamples u : sources.get().unpublished(seen)) {
        out.println(u);
        incomplete++;
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
    return damaged + failed + incomplete == 0 ? 0 : 1;
  }

  private static VerifyResult verifyListed(
      ListedBlock block, ObjectStore opened, Optional<SourceVerifier> sources)
      throws InterruptedException {
    if (block.meta().isEmpty()) {
      return new VerifyResult.Hidden(
          block.block(), "no meta.json: an upload that is in progress or was aborted");
    }
    return block.marked()
        ? new VerifyResult.Hidden(block.block(), "marked for deletion")
        : verify(block.block(), opened, sources);
  }

  private static VerifyResult verify(
      Ulid block, ObjectStore opened, Optional<SourceVerifier> sources)
      throws InterruptedException {
    try {
      Findings findings = new Findings();
      BlockVerifier verifier = new BlockVerifier(opened);
      Optional<BlockMeta> meta = verifier.meta(block, findings);
      if (meta.isEmpty()) {
        return new VerifyResult.Verified(
            new BlockReport(block, 0, 0, 0, findings.kept(), findings.count()));
      }
      return new VerifyResult.Verified(
          sources.isPresent()
              ? sources.get().verify(verifier, meta.get(), findings)
              : verifier.verify(meta.get(), findings, VerifiedSeriesVisitor.NONE));
    } catch (IOException e) {
      return new VerifyResult.Failed(block, String.valueOf(e.getMessage()));
    }
  }
}
