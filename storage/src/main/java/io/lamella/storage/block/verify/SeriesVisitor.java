package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import java.io.IOException;

/// Is shown the series of a block while it is verified, in row order.
public interface SeriesVisitor {
  /// Looks at nothing.
  SeriesVisitor NONE =
      new SeriesVisitor() {
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

  /// Some rows could not be read; what they hold is not known.
  void unreadableRows() throws IOException;
}
