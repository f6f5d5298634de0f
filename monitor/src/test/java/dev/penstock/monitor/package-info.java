@NullMarked
package dev.penstock.monitor;

import org.jspecify.annotations.NullMarked;
