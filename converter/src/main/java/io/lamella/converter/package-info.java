/// Converts TSDB blocks to published Lamella blocks. [Conversion] runs the packages below one after
/// another.
@NullMarked
package io.lamella.converter;

import org.jspecify.annotations.NullMarked;
