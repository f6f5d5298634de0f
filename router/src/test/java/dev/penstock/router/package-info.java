@NullMarked
package dev.penstock.router;

import org.jspecify.annotations.NullMarked;
