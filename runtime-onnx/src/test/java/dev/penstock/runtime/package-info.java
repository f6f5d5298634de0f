@NullMarked
package dev.penstock.runtime;

import org.jspecify.annotations.NullMarked;
