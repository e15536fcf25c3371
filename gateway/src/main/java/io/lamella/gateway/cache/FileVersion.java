package io.lamella.gateway.cache;

import io.lamella.storage.object.ObjectVersion;

/// One state of a file of a block.
///
/// @param digest of the whole file, as the block's meta gives it: tells a block that was published
///   anew under its old name from the one before, also where the object's tag is not known
public record FileVersion(ObjectVersion object, String digest) {}
