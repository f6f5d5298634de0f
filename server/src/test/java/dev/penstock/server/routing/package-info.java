@NullMarked
package dev.penstock.server.routing;

import org.jspecify.annotations.NullMarked;
