package io.lamella.converter.verify;

import io.lamella.converter.merge.DaySamples;
import io.lamella.converter.merge.MergeInput;
import io.lamella.converter.merge.MergeRange;
import io.lamella.converter.merge.Merged;
import io.lamella.converter.schedule.CompactedBlocks;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceSettings;
import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.BlockVerifier;
import io.lamella.storage.block.verify.Findings;
import io.lamella.storage.block.verify.RowOrder;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Verifies published blocks and compares each sample with the sources. Thread-safe.
public final class SourceVerifier implements AutoCloseable {
  private final SourceBlocks sources;
  private final List<SourceBlock> blocks;
  private final Path work;

  /// The lease for the last verified block. The next day's block often has the same sources, so
  /// they stay open until it is verified.
  private Optional<SourceBlocks.SourceLease> last = Optional.empty();

  /// The source blocks of one published block.
  ///
  /// @param blocks the blocks to read, ascending
  /// @param missing sources of the block that no available block contains
  /// @param sources whether these are the blocks that it was made of
  record Chosen(List<Ulid> blocks, Set<Ulid> missing, SourceComparison.Sources sources) {
    Chosen {
      blocks = List.copyOf(blocks);
      missing = Set.copyOf(missing);
    }
  }

  private SourceVerifier(SourceBlocks sources, List<SourceBlock> blocks, Path work) {
    this.sources = sources;
    this.blocks = blocks;
    this.work = work;
  }

  /// Lists the sources.
  ///
  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  public static SourceVerifier open(String from) throws IOException, InterruptedException {
    return open(from, Labels.EMPTY);
  }

  /// Lists the sources.
  ///
  /// @param external labels of blocks that state none, as the conversion got them
  public static SourceVerifier open(String from, Labels external)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("lamella-verify-");
    try {
      SourceBlocks sources =
          SourceBlocks.open(from, new SourceSettings(work, Long.MAX_VALUE, external));
      try {
        List<SourceBlock> raw =
            sources.list().blocks().stream().filter(b -> b.resolutionMillis() == 0).toList();
        return new SourceVerifier(sources, raw, work);
      } catch (IOException | InterruptedException | RuntimeException e) {
        sources.close();
        throw e;
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      DirectoryTree.delete(work);
      throw e;
    }
  }

  /// Verifies a block and compares its series with those of its sources.
  ///
  /// @param findings receives the errors
  /// @throws IOException where a source is missing or a store fails; the block may be correct
  public BlockReport verify(BlockVerifier verifier, BlockMeta meta, Findings findings)
      throws IOException, InterruptedException {
    Chosen chosen = choose(blocks, meta);
    if (!chosen.missing().isEmpty() || chosen.blocks().isEmpty()) {
      throw new IOException(
          "sources are missing: " + chosen.missing() + "; verify without --source");
    }
    SourceBlocks.SourceLease lease = sources.lease(chosen.blocks());
    List<TsdbBlock> open = open(lease);
    BlockMeta.Rules rules = meta.lineage().rules();
    List<MergeInput> inputs = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      Ulid ulid = chosen.blocks().get(i);
      inputs.add(MergeInput.of(ulid, open.get(i), external(ulid), rules));
    }
    Path runs = Files.createTempDirectory(work, "runs");
    try (Closeable _ = () -> closeBefore(lease);
        DaySamples samples =
            DaySamples.of(
                inputs,
                new MergeRange(meta.minTimeMillis(), meta.maxTimeMillis()),
                meta.sortKey(),
                rules.dedup(),
                runs)) {
      SourceComparison comparison =
          SourceComparison.start(
              samples,
              new RowOrder(meta.sortKey()),
              BlockNames.directory(meta.ulid()).name(),
              findings,
              chosen.sources());
      BlockReport own = verifier.verify(meta, findings, comparison);
      comparison.end();
      if (chosen.sources() == SourceComparison.Sources.INPUTS) {
        compareCounts(meta, samples.counts(), findings);
      }
      return own.with(findings);
    }
  }

  private Labels external(Ulid ulid) {
    return blocks.stream()
        .filter(b -> b.ulid().equals(ulid))
        .map(SourceBlock::external)
        .findFirst()
        .orElse(Labels.EMPTY);
  }

  /// Compares what the meta states of each input with what the input has.
  private static void compareCounts(
      BlockMeta meta, List<Merged.InputSamples> counted, Findings findings) {
    for (BlockMeta.Input stated : meta.lineage().inputs()) {
      for (Merged.InputSamples c : counted) {
        if (c.ulid().equals(stated.ulid())
            && (c.read() != stated.read()
                || c.deleted() != stated.deleted()
                || c.deduplicated() != stated.deduplicated()
                || c.kept() != stated.kept())) {
          findings.add(
              BlockNames.meta(meta.ulid()).name(),
              "input=" + c.ulid(),
              "the meta states " + stated + ", the input has " + c);
        }
      }
    }
  }

  /// Searches the sources that were converted for samples that no published block has.
  ///
  /// @param published the metas of all visible blocks
  public List<UnpublishedSamples> unpublished(Collection<BlockMeta> published)
      throws IOException, InterruptedException {
    List<UnpublishedSamples> out = new ArrayList<>();
    for (SourceBlock source : blocks) {
      UnpublishedSearch search = new UnpublishedSearch(source, published);
      if (!search.isConverted()) {
        continue;
      }
      try (SourceBlocks.SourceLease lease = sources.lease(List.of(source.ulid()))) {
        search
            .search(lease.open().getFirst())
            .forEach(
                (day, samples) -> out.add(new UnpublishedSamples(source.ulid(), day, samples)));
      }
    }
    return out;
  }

  /// A lease remembers its failure, so one that cannot be opened is closed: the next block's
  /// sources are tried anew.
  private static List<TsdbBlock> open(SourceBlocks.SourceLease lease)
      throws IOException, InterruptedException {
    try {
      return lease.open();
    } catch (IOException | InterruptedException | RuntimeException e) {
      try (lease) {
        throw e;
      }
    }
  }

  private void closeBefore(SourceBlocks.SourceLease lease) throws IOException {
    Optional<SourceBlocks.SourceLease> before;
    synchronized (this) {
      before = last;
      last = Optional.of(lease);
    }
    if (before.isPresent()) {
      before.get().close();
    }
  }

  /// Chooses the TSDB blocks to compare a published block with: those that it was made of, where
  /// all are still there. Otherwise first blocks all of whose sources are sources of the published
  /// block, the largest first, because a compacted block contains its parts; then, for the
  /// remaining sources, blocks that also have others.
  ///
  /// A block that has changed since it was read, and is a part of another one, counts no more.
  static Chosen choose(List<SourceBlock> all, BlockMeta meta) {
    List<Ulid> inputs = meta.lineage().inputs().stream().map(BlockMeta.Input::ulid).toList();
    Set<Ulid> changed = changed(all, meta);
    CompactedBlocks.without(all, new ArrayList<>()).forEach(b -> changed.remove(b.ulid()));
    List<SourceBlock> blocks = all.stream().filter(b -> !changed.contains(b.ulid())).toList();
    if (!inputs.isEmpty()
        && new HashSet<>(blocks.stream().map(SourceBlock::ulid).toList()).containsAll(inputs)) {
      return new Chosen(inputs, Set.of(), SourceComparison.Sources.INPUTS);
    }
    Set<Ulid> missing = new HashSet<>(meta.sourceUlids());
    Set<Ulid> sources = Set.copyOf(meta.sourceUlids());
    List<SourceBlock> order = new ArrayList<>(blocks);
    order.sort(
        Comparator.comparing((SourceBlock b) -> sources.containsAll(b.sources()) ? 0 : 1)
            .thenComparingInt(b -> -b.sources().size())
            .thenComparing(SourceBlock::ulid));
    List<Ulid> chosen = new ArrayList<>();
    for (SourceBlock b : order) {
      if (missing.removeAll(contained(b)) && overlaps(b, meta)) {
        chosen.add(b.ulid());
      }
    }
    return new Chosen(
        chosen.stream().sorted().toList(), missing, SourceComparison.Sources.COMPACTED);
  }

  /// The blocks that are not as they were when the published one was made of them.
  private static Set<Ulid> changed(List<SourceBlock> all, BlockMeta meta) {
    Map<Ulid, String> states = new HashMap<>();
    meta.lineage().inputs().forEach(i -> states.put(i.ulid(), i.state()));
    Set<Ulid> out = new HashSet<>();
    for (SourceBlock b : all) {
      if (!b.files().state().equals(states.getOrDefault(b.ulid(), b.files().state()))) {
        out.add(b.ulid());
      }
    }
    return out;
  }

  /// Whether a block has samples of a published one, by what its own meta states or the other has
  /// found.
  private static boolean overlaps(SourceBlock block, BlockMeta meta) {
    return block.minTimeMillis() < meta.maxTimeMillis()
            && block.maxTimeMillis() > meta.minTimeMillis()
        || meta.sources().stream()
            .anyMatch(s ->
                s.ulid().equals(block.ulid())
                    && s.minTimeMillis() < meta.maxTimeMillis()
                    && s.maxTimeMillis() > meta.minTimeMillis());
  }

  /// The sources that a block may be of a published one. A compacted block with samples outside of
  /// what its meta states is a source itself, and then a part of what it is compacted into.
  private static Set<Ulid> contained(SourceBlock block) {
    Set<Ulid> out = new HashSet<>(block.sources());
    out.add(block.ulid());
    out.addAll(block.parents().keySet());
    return out;
  }

  /// Closes the sources and deletes their local copies. No verification may be running.
  @Override
  public void close() throws IOException {
    try (sources) {
      if (last.isPresent()) {
        last.get().close();
      }
    } finally {
      DirectoryTree.delete(work);
    }
  }
}
