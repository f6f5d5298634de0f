@NullMarked
package dev.penstock.loadtest.input;

import org.jspecify.annotations.NullMarked;
