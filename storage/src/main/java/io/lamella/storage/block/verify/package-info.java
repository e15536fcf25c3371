/// Verifies published blocks: compares every byte with its digest, every page with the page index,
/// every run with the manifest, and every sample with its statistics.
///
/// Reads a block's objects in pieces, row by row, and reports each error with its position. It does
/// not read the sources of a block; the converter compares samples with them.
@NullMarked
package io.lamella.storage.block.verify;

import org.jspecify.annotations.NullMarked;
