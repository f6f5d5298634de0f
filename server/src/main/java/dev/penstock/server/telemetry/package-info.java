/// What was counted, as Prometheus reads it. The only package that names a metrics library.
@NullMarked
package dev.penstock.server.telemetry;

import org.jspecify.annotations.NullMarked;
