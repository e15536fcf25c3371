/// Where TSDB blocks come from: lists a bucket or a directory, reads metas, and opens blocks for as
/// long as somebody reads them. Blocks of a bucket are copied to local disk first.
@NullMarked
package io.lamella.converter.source;

import org.jspecify.annotations.NullMarked;
