/// Compares published blocks with the TSDB blocks that they were made of. Reads both, sample by
/// sample, and writes nothing.
@NullMarked
package io.lamella.converter.verify;

import org.jspecify.annotations.NullMarked;
