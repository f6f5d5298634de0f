package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Offer;

/// A version as an arm of a route: doors know it by this object, and so prepare answers that name the arm.
final class ArmModel implements FastModel {
    private final FastModel version;
    private final FastArm arm;
    private final Layout layout;

    ArmModel(FastModel version, FastArm arm) {
        this.version = version;
        this.arm = arm;
        this.layout = Layout.of(this);
    }

    @Override
    public ModelKey key() {
        return version.key();
    }

    @Override
    public Signature signature() {
        return version.signature();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public FastArm arm() {
        return arm;
    }

    @Override
    @CheckReturnValue
    public Offer offer(FastCall call) {
        return version.offer(call);
    }
}
