@NullMarked
package dev.penstock.loadtest.soak;

import org.jspecify.annotations.NullMarked;
