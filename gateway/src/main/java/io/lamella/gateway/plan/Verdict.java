package io.lamella.gateway.plan;

import io.lamella.storage.object.ByteRange;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What the metadata of a row group proves about a request.
public sealed interface Verdict {
  /// Proven: no row matches, or none matters. Nothing is read.
  record Skip(SkipReason reason) implements Verdict, BlockVerdict {}

  /// A row group of which something is read.
  sealed interface Read extends Verdict {
    LabelPlan labels();

    ChunkPlan chunks();

    /// The chunk pages to fetch in the same batch as the label pages; empty where they wait for the
    /// rows that match, or where there are none.
    default Optional<List<ByteRange>> earlyChunks() {
      if (chunks().columns().isEmpty()) {
        return Optional.empty();
      }
      List<ByteRange> ranges = chunks().ranges(labels().candidates());
      return switch (this) {
        case Take _ -> Optional.of(ranges);
        case Filter _ ->
            ranges.stream().mapToLong(ByteRange::length).sum() <= ChunkPlan.MAX_EARLY_BYTES
                ? Optional.of(ranges)
                : Optional.empty();
      };
    }
  }

  /// Not proven: the candidate rows are read and each is tested.
  record Filter(LabelPlan labels, ChunkPlan chunks) implements Read {
    public Filter {
      if (labels.tests().isEmpty()) {
        throw new IllegalArgumentException("cannot filter rows without a test");
      }
    }
  }

  /// Proven: every candidate row matches. The candidate rows are read and none is tested.
  record Take(LabelPlan labels, ChunkPlan chunks) implements Read {
    public Take {
      if (!labels.tests().isEmpty()) {
        throw new IllegalArgumentException("cannot take rows that need a test");
      }
    }
  }

  /// The reason of the verdict in words.
  default String why() {
    return switch (this) {
      case Skip s -> s.reason().text();
      case Filter f -> {
        TreeSet<String> tests = new TreeSet<>();
        f.labels().tests().matchers().forEach(m -> tests.add(m.matcher().toString()));
        f.labels().tests().times().ifPresent(_ -> tests.add("sample times"));
        yield "row by row: " + String.join(",", tests);
      }
      case Take _ -> "runs of the sort key and page bounds decide";
    };
  }
}
