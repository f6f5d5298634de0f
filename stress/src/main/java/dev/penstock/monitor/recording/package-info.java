@NullMarked
package dev.penstock.monitor.recording;

import org.jspecify.annotations.NullMarked;
