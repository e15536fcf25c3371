/// Compares published blocks with the TSDB blocks that they were made of, sample by sample.
/// Read-only.
@NullMarked
package io.lamella.converter.verify;

import org.jspecify.annotations.NullMarked;
