/// Opens stores from Thanos' objstore YAML; alone imports the YAML reader. Errors name the line and
/// contain no secrets.
@NullMarked
package io.lamella.storage.object.config;

import org.jspecify.annotations.NullMarked;
