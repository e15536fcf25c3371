/// Converts TSDB blocks to published Lamella blocks. [Conversion] calls the packages below in
/// order.
@NullMarked
package io.lamella.converter;

import org.jspecify.annotations.NullMarked;
