@NullMarked
package dev.penstock.server.monitoring;

import org.jspecify.annotations.NullMarked;
