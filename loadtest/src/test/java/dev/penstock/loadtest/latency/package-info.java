@NullMarked
package dev.penstock.loadtest.latency;

import org.jspecify.annotations.NullMarked;
