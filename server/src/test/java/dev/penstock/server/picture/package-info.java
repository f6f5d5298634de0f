@NullMarked
package dev.penstock.server.picture;

import org.jspecify.annotations.NullMarked;
