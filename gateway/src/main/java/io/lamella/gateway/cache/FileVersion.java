package io.lamella.gateway.cache;

import io.lamella.storage.object.ObjectVersion;

/// One version of a file of a block.
///
/// @param digest of the whole file, from the block's meta. It distinguishes a block that was
///   published again under its old name, also where the object's ETag is unknown
public record FileVersion(ObjectVersion object, String digest) {}
