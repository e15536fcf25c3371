package io.lamella.converter.merge;

import io.lamella.model.SampleColumns;

/// A sample that one input has, whether or not the merge keeps it.
///
/// @param of samples of the input, valid until the next series is read
/// @param index of the sample in them
public record OfferedSample(SampleColumns of, int index) {}
