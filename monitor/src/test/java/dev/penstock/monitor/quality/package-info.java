@NullMarked
package dev.penstock.monitor.quality;

import org.jspecify.annotations.NullMarked;
