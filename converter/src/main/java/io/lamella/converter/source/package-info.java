/// Access to the TSDB blocks to convert: lists a bucket or a directory, reads metas, and keeps
/// blocks open while they are read. Blocks of a bucket are copied to local disk first.
@NullMarked
package io.lamella.converter.source;

import org.jspecify.annotations.NullMarked;
