@NullMarked
package dev.penstock.server.memory;

import org.jspecify.annotations.NullMarked;
