package io.lamella.storage.tsdb;

import io.lamella.storage.chunk.ChunkEncoding;

/// A chunk's payload, checksum compared. The array belongs to the caller.
public record ChunkBytes(ChunkEncoding encoding, byte[] bytes) {}
