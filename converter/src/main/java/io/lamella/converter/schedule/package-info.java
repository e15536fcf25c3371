/// Decides what to convert: metas of sources and of published blocks in, work items out. Pure: no
/// clock, no I/O, so that the same inputs give the same items on every machine.
@NullMarked
package io.lamella.converter.schedule;

import org.jspecify.annotations.NullMarked;
