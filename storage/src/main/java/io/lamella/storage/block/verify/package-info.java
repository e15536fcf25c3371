/// Whether a published block is sound: every byte against its digest, every page against the page
/// index, every run against the manifest, every sample against its statistics.
///
/// Reads a block's objects in pieces, row by row, and reports what is wrong and where. It is
/// independent of what the block was made of: the converter compares samples with their sources.
@NullMarked
package io.lamella.storage.block.verify;

import org.jspecify.annotations.NullMarked;
