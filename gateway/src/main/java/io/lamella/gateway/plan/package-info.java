/// Decides what to read: a [RowRequest] and the metadata of blocks and shards in, a verdict for
/// each row group with its rows and byte ranges out. Label pages are planned first, then the chunk
/// pages of the rows that matched. Pure: no I/O.
@NullMarked
package io.lamella.gateway.plan;

import org.jspecify.annotations.NullMarked;
