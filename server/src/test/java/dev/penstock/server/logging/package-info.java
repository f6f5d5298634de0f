@NullMarked
package dev.penstock.server.logging;

import org.jspecify.annotations.NullMarked;
