/// The long way round: the engine over TSDB blocks read directly, no Parquet involved, against
/// which answers are checked where no Prometheus is given.
@NullMarked
package io.lamella.bench.reference;

import org.jspecify.annotations.NullMarked;
