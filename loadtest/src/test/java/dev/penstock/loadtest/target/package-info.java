@NullMarked
package dev.penstock.loadtest.target;

import org.jspecify.annotations.NullMarked;
