/// Opens stores from Thanos' objstore YAML; alone imports the YAML reader. Whatever is wrong in it
/// is named with its line, secrets aside.
@NullMarked
package io.lamella.storage.object.config;

import org.jspecify.annotations.NullMarked;
