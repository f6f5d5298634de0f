/// Routes as people manage them: how they are written, whether they can be, who changed them, and that what is
/// recorded of them is what requests see.
@NullMarked
package dev.penstock.server.routing;

import org.jspecify.annotations.NullMarked;
