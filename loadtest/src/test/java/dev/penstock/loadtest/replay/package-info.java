@NullMarked
package dev.penstock.loadtest.replay;

import org.jspecify.annotations.NullMarked;
