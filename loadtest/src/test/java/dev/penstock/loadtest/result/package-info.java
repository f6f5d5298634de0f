@NullMarked
package dev.penstock.loadtest.result;

import org.jspecify.annotations.NullMarked;
