package dev.penstock.server.wire;

import dev.penstock.core.Assigned;
import java.util.List;

/// What answers say of the arm that gave them where headers cannot: as parameters of the Open Inference
/// Protocol.
///
/// @param name of the parameter
public record ArmParameters(String name, String value) {
    /// In this order, the assignment last.
    public static List<ArmParameters> of(Assigned arm) {
        return List.of(
                new ArmParameters("penstock_route", arm.route()),
                new ArmParameters("penstock_arm", arm.arm()),
                new ArmParameters("penstock_assignment", arm.header()));
    }
}
