/// Sends finished calls as spans to a collector. The only package that names OpenTelemetry; none of its
/// classes is loaded unless there is a collector.
@NullMarked
package dev.penstock.server.tracing;

import org.jspecify.annotations.NullMarked;
