/// Where TSDB blocks come from: a bucket or a directory is listed, metas are read, blocks are
/// brought to local disk where they are not there already.
@NullMarked
package io.lamella.converter.source;

import org.jspecify.annotations.NullMarked;
