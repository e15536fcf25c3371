/// What converter and gateway share: chunk codecs, reading and writing of TSDB blocks, object
/// stores, and the block format.
@NullMarked
package io.lamella.storage;

import org.jspecify.annotations.NullMarked;
