/// Prometheus' sample chunks: bytes in, samples out, and back. Floats (XOR, XOR2), integer and
/// float histograms, with and without start timestamps.
///
/// A chunk here is the payload that blocks and wire protocols share: it begins with the sample
/// count; encoding and checksum are kept outside. Bytes are not trusted: every count, width and
/// length is checked before it is used. Source: Prometheus' chunk format documents.
@NullMarked
package io.lamella.storage.chunk;

import org.jspecify.annotations.NullMarked;
