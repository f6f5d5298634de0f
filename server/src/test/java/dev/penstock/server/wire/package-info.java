@NullMarked
package dev.penstock.server.wire;

import org.jspecify.annotations.NullMarked;
