@NullMarked
package dev.penstock.server.shadow;

import org.jspecify.annotations.NullMarked;
