package io.lamella.cli;

import io.lamella.gateway.ReadPath;
import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.promql.ast.Numbers;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.MetaRead;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows what a block holds: files, columns, pages and runs. Reads its meta and manifest, or its
/// footers, but no page.
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Shows what a published block holds: files, columns, pages, runs.")
public final class InspectCommand implements Callable<Integer> {
  private static final long[] SIZES = {1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20};

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "BLOCK", description = "The block's ULID, as ls shows it.")
  private String block = "";

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "Number of runs of the sort key to show, largest first (default ${DEFAULT-VALUE}).")
  private int shownRuns = 20;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!store.isGiven() || !Ulid.isUlid(block)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cannot inspect \"" + block + "\": give --store and a block's ULID");
    }
    Ulid ulid = Ulid.parse(block);
    PrintWriter out = spec.commandLine().getOut();
    try (ObjectStore opened = store.open();
        ReadPath reads = ReadPath.withoutPageCache(opened)) {
      BlockMeta meta = MetaRead.of(ulid, opened).require();
      describe(meta, out);
      ShardMetadataReader reader = reads.metadata();
      BlockObjects objects = BlockObjects.unlisted(ulid);
      QueryBudget budget = new QueryBudget(FetchLimits.DEFAULT);
      for (BlockMeta.Shard shard : meta.shards()) {
        Optional<ShardMetadata> metadata = reader.shard(objects, shard, budget);
        BlockFile labels =
            metadata.isPresent()
                ? metadata.get().labels()
                : reader.file(objects, shard.labels(), budget);
        BlockFile chunks =
            metadata.isPresent()
                ? metadata.get().chunks()
                : reader.file(objects, shard.chunks(), budget);
        file(shard.labels(), labels.metadata(), out);
        file(shard.chunks(), chunks.metadata(), out);
        if (metadata.isPresent()) {
          runs(metadata.get().runs(), out);
        } else {
          out.println();
          out.println("no manifest: runs cannot be shown without reading the labels");
        }
      }
      out.flush();
      return 0;
    }
  }

  private static void describe(BlockMeta m, PrintWriter out) {
    out.println("block    " + m.ulid());
    out.println(
        "time     "
            + Instant.ofEpochMilli(m.minTimeMillis())
            + " to "
            + Instant.ofEpochMilli(m.maxTimeMillis()));
    out.println("labels   " + m.external());
    out.println("sorted   by " + m.sortKey());
    out.printf(
        "holds    %,d series, %,d chunks, %,d samples, %,d bytes: %.2f bytes a sample%n",
        m.counts().series(),
        m.counts().chunks(),
        m.counts().samples(),
        m.bytes(),
        (double) m.bytes() / Math.max(1, m.counts().samples()));
    BlockMeta.Lineage lineage = m.lineage();
    out.println("made by  " + lineage.createdBy() + ", generation " + lineage.generation());
    out.println(
        "rules    dedup "
            + lineage.rules().dedup().name().toLowerCase(Locale.ROOT)
            + ", replica labels "
            + lineage.rules().replicaLabels().stream().sorted().toList()
            + ", fold labels "
            + lineage.rules().foldLabels());
    out.println("sources  " + m.sourceUlids());
    for (BlockMeta.Input i : lineage.inputs()) {
      out.printf(
          "input    %s read %,d samples: %,d deleted, %,d deduplicated, %,d kept%n",
          i.ulid(), i.read(), i.deleted(), i.deduplicated(), i.kept());
    }
    if (!m.replaces().isEmpty()) {
      out.println("replaces " + m.replaces());
    }
  }

  private static void file(BlockMeta.File file, ParquetFileMetadata metadata, PrintWriter out) {
    out.println();
    out.printf(
        "%s: %,d bytes, %,d rows in %d row groups, page indexes and footer %,d bytes%n",
        file.name(),
        file.size(),
        metadata.rows(),
        metadata.rowGroups().size(),
        file.size() - file.indexStart());
    List<String> header = new ArrayList<>(List.of("COLUMN", "PAGES", "BYTES"));
    for (long size : SIZES) {
      header.add("<" + (size >= 1 << 20 ? (size >> 20) + "Mi" : (size >> 10) + "Ki"));
    }
    header.add("more");
    TextTable table = new TextTable(1, header.toArray(String[]::new));
    for (String name : metadata.columns()) {
      table.add(column(name, metadata).toArray());
    }
    table.print(out);
  }

  /// The table row of a column: name, number of pages, bytes including the dictionary, and number
  /// of pages by size.
  private static List<Object> column(String name, ParquetFileMetadata metadata) {
    int pages = 0;
    long bytes = 0;
    int[] bySize = new int[SIZES.length + 1];
    for (ParquetFileMetadata.RowGroup group : metadata.rowGroups()) {
      Optional<ColumnPages> column = group.column(name);
      if (column.isEmpty()) {
        continue;
      }
      bytes += column.get().dictionary().map(ByteRange::length).orElse(0L);
      for (int p = 0; p < column.get().pages(); p++) {
        long length = column.get().range(p).length();
        int at = 0;
        while (at < SIZES.length && length >= SIZES[at]) {
          at++;
        }
        bySize[at]++;
        bytes += length;
        pages++;
      }
    }
    List<Object> out = new ArrayList<>(List.of(name, pages, bytes));
    for (int n : bySize) {
      out.add(n == 0 ? "" : n);
    }
    return out;
  }

  private void runs(RunDirectory runs, PrintWriter out) {
    out.println();
    out.printf("%,d runs of %s%n", runs.runs(), String.join(",", runs.labels()));
    List<Integer> largest = new ArrayList<>();
    for (int r = 0; r < runs.runs(); r++) {
      largest.add(r);
    }
    largest.sort((a, b) ->
        Integer.compare(runs.endRow(b) - runs.firstRow(b), runs.endRow(a) - runs.firstRow(a)));
    TextTable table = new TextTable(1, "RUN", "ROWS", "SAMPLES", "MIN", "MAX");
    for (int r : largest.subList(0, Math.min(shownRuns, largest.size()))) {
      ValueStatistics all = new ValueStatistics();
      for (int c = 0; c < runs.dataColumns(); c++) {
        all.add(runs.statistics(c, r));
      }
      List<String> key = new ArrayList<>();
      for (int l = 0; l < runs.labels().size(); l++) {
        key.add(runs.value(l, r));
      }
      boolean floats = all.min() <= all.max();
      table.add(
          String.join(",", key),
          runs.endRow(r) - runs.firstRow(r),
          all.samples(),
          floats ? Numbers.plain(all.min()) : "",
          floats ? Numbers.plain(all.max()) : "");
    }
    table.print(out);
  }
}
