@NullMarked
package dev.penstock.core.batching;

import org.jspecify.annotations.NullMarked;
