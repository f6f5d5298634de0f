@NullMarked
package dev.penstock.server.calls;

import org.jspecify.annotations.NullMarked;
