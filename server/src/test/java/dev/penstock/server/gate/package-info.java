@NullMarked
package dev.penstock.server.gate;

import org.jspecify.annotations.NullMarked;
