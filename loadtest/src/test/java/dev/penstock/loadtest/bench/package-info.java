@NullMarked
package dev.penstock.loadtest.bench;

import org.jspecify.annotations.NullMarked;
