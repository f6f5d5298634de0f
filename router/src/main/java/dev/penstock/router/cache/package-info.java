/// Answers that were given before, for models that ask for it: never those of another version, another load of a
/// version, or another request.
@NullMarked
package dev.penstock.router.cache;

import org.jspecify.annotations.NullMarked;
