@NullMarked
package dev.penstock.loadtest.engine;

import org.jspecify.annotations.NullMarked;
