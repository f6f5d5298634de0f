@NullMarked
package dev.penstock.server.telemetry;

import org.jspecify.annotations.NullMarked;
