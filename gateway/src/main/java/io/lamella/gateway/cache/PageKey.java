package io.lamella.gateway.cache;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectVersion;

/// The name of cached bytes: a range of one version of an object. Another version is another name,
/// so that a replaced object never answers with old bytes.
public record PageKey(ObjectVersion object, ByteRange range) {}
