@NullMarked
package dev.penstock.server.tracing;

import org.jspecify.annotations.NullMarked;
