@NullMarked
package dev.penstock.loadtest.compare;

import org.jspecify.annotations.NullMarked;
