/// Runs models in a loop, without a server around them.
@NullMarked
package dev.penstock.direct;

import org.jspecify.annotations.NullMarked;
