package io.lamella.storage.chunk;

/// A chunk as it is stored. The array belongs to the chunk.
///
/// @param minTimeMillis time of the first sample, `maxTimeMillis` of the last
public record EncodedChunk(
    ChunkEncoding encoding, long minTimeMillis, long maxTimeMillis, int samples, byte[] bytes) {}
