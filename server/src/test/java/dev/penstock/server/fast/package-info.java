@NullMarked
package dev.penstock.server.fast;

import org.jspecify.annotations.NullMarked;
