/// The one door, `./lamella SUBCOMMAND`, and the commands that need both halves.
@NullMarked
package io.lamella.launcher;

import org.jspecify.annotations.NullMarked;
