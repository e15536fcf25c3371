/// The shared ground of converter and gateway: chunk codecs, TSDB reading, the port to objects, the
/// block format.
@NullMarked
package io.lamella.storage;

import org.jspecify.annotations.NullMarked;
