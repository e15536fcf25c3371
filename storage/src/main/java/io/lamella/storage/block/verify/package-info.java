/// Whether a published block is sound: every byte against its digest, every page against the page
/// index, every run against the manifest, every sample against what is said of it.
///
/// Reads a block's objects through the port, in pieces, row by row; says what is wrong and where.
/// It knows neither what the block was made of (the launcher compares samples with their sources)
/// nor who asks.
@NullMarked
package io.lamella.storage.block.verify;

import org.jspecify.annotations.NullMarked;
