@NullMarked
package dev.penstock.monitor.statistics;

import org.jspecify.annotations.NullMarked;
