/// The levels of the process's log while it runs.
@NullMarked
package dev.penstock.server.logging;

import org.jspecify.annotations.NullMarked;
