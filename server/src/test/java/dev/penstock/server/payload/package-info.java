@NullMarked
package dev.penstock.server.payload;

import org.jspecify.annotations.NullMarked;
