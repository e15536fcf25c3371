/// TSDB blocks in, published Lamella blocks out: wiring by hand.
@NullMarked
package io.lamella.converter;

import org.jspecify.annotations.NullMarked;
