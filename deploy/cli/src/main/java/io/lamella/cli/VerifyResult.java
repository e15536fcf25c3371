package io.lamella.cli;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.verify.BlockReport;
import io.lamella.storage.block.verify.Finding;
import java.io.PrintWriter;

/// The result of `verify` for one block.
sealed interface VerifyResult {
  Ulid block();

  /// The whole block was read.
  record Verified(BlockReport report) implements VerifyResult {
    @Override
    public Ulid block() {
      return report.block();
    }
  }

  /// Not read, because queries do not see the block either.
  record Hidden(Ulid block, String why) implements VerifyResult {}

  /// Could not be read: the store failed, or a source block is missing.
  record Failed(Ulid block, String why) implements VerifyResult {}

  default void print(PrintWriter out) {
    switch (this) {
      case Verified(BlockReport r) when r.isSound() ->
          out.printf(
              "%s  ok  %,d series, %,d samples, %,d bytes%n",
              r.block(), r.series(), r.samples(), r.bytes());
      case Verified(BlockReport r) -> {
        out.printf("%s  DAMAGED  %,d findings%n", r.block(), r.found());
        for (Finding f : r.findings()) {
          out.println("  " + f);
        }
        if (r.found() > r.findings().size()) {
          out.printf("  and %,d more%n", r.found() - r.findings().size());
        }
        out.println(
            "  to repair it, delete "
                + BlockNames.meta(r.block())
                + " and run convert, which makes the block again from its sources");
      }
      case Hidden(Ulid block, String why) -> out.println(block + "  hidden  " + why);
      case Failed(Ulid block, String why) -> out.println(block + "  not verified  " + why);
    }
  }
}
