/// Plans a conversion: from the metas of source blocks and published blocks it makes work items.
/// Uses neither clock nor I/O, so the same inputs give the same items on every machine.
@NullMarked
package io.lamella.converter.schedule;

import org.jspecify.annotations.NullMarked;
