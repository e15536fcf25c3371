package io.lamella.storage.block.read;

import io.lamella.storage.block.Ulid;

/// A published block whose meta cannot be read.
///
/// @param reason an error text that names the object and says what to do
public record BrokenBlock(Ulid block, String reason) {}
