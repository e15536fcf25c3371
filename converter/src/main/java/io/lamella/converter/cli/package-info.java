/// The subcommand `convert`: flags in, a run of the converter and its summary out.
@NullMarked
package io.lamella.converter.cli;

import org.jspecify.annotations.NullMarked;
