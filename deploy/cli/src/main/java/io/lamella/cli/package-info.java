/// The one door, `./lamella SUBCOMMAND`, and the commands that need both halves.
@NullMarked
package io.lamella.cli;

import org.jspecify.annotations.NullMarked;
