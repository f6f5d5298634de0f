package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.MessageLimit;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Set;

/// Narrower limits than a port's own, for ports where some methods take much and the others hardly anything.
/// Immutable.
///
/// @param wide the full names of those methods, to which they do not apply
/// @param messages how large requests of the others may be
/// @param arrival how long the only request of a call may take to arrive
public record BridgedLimits(Set<String> wide, MessageLimit messages, Duration arrival) {
    public BridgedLimits {
        wide = Set.copyOf(wide);
    }

    boolean applyTo(MethodDescriptor<?, ?> method) {
        return !wide.contains(method.getFullMethodName());
    }
}
