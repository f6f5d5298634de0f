package dev.penstock.router.split;

/// One of those who may answer.
///
/// @param name such as `stable` or `canary`; a label of metrics and a header of answers
public record ArmSpec(String name, Target target) {
    public ArmSpec {
        Spec.armName("arm", name);
    }

    public static ArmSpec of(String name, String model, long version) {
        return new ArmSpec(name, Target.version(model, version));
    }
}
