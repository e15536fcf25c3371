package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import java.io.IOException;

/// Receives the series of a block while it is verified, in row order.
public interface VerifiedSeriesVisitor {
  /// Ignores everything.
  VerifiedSeriesVisitor NONE =
      new VerifiedSeriesVisitor() {
        @Override
        public void series(Labels labels, SampleColumns samples) {}

        @Override
        public void unreadableRows() {}
      };

  /// A series with all its samples in the block.
  ///
  /// @param labels its own, without those of the block
  /// @param samples the same buffer each time
  void series(Labels labels, SampleColumns samples) throws IOException;

  /// Called where the labels of some rows cannot be read.
  void unreadableRows() throws IOException;
}
