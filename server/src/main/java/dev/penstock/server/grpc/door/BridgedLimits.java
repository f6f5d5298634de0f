package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.MessageLimit;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/// Narrower limits than a port's own, for ports where one method takes much and the others hardly anything.
/// Immutable.
///
/// @param wide the full name of that method, to which they do not apply
/// @param messages how large requests of the others may be
/// @param arrival how long the only request of a call may take to arrive
public record BridgedLimits(String wide, MessageLimit messages, Duration arrival) {
    boolean applyTo(MethodDescriptor<?, ?> method) {
        return !method.getFullMethodName().equals(wide);
    }
}
