package dev.penstock.router.split;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.arms.AssignmentReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A route and who answers for its arms, as they were when its table was made. Immutable.
public final class BoundRoute {
    /// No [Place] at all.
    public static final long NOWHERE = -1;

    private final SplitRoute split;
    private final List<Arm> arms;
    private final List<Arm> shadows;
    private final int fallback;

    /// One arm.
    ///
    /// @param version who answers; null if nobody does
    /// @param observer told of its requests
    public record Arm(ArmSpec spec, @Nullable VersionHandle version, ArmObserver observer) {
        public boolean isReady() {
            return version != null;
        }
    }

    private BoundRoute(SplitRoute split, List<Arm> arms, List<Arm> shadows) {
        this.split = split;
        this.arms = List.copyOf(arms);
        this.shadows = List.copyOf(shadows);
        FallbackSpec spec = split.spec().fallback();
        this.fallback = spec.isNone() ? -1 : split.indexOf(spec.arm());
    }

    /// @param versions who answers for a target, or null
    public static BoundRoute of(
            SplitRoute split, Function<Target, @Nullable VersionHandle> versions, ArmObservers observers) {
        List<Arm> arms = new ArrayList<>();
        split.arms().forEach(arm -> arms.add(bind(split.spec(), arm, versions, observers)));
        List<Arm> shadows = new ArrayList<>();
        for (ShadowSpec shadow : split.spec().shadows()) {
            // What copies become is no business of who counts callers' requests.
            shadows.add(new Arm(shadow.arm(), versions.apply(shadow.arm().target()), ArmObserver.NONE));
        }
        return new BoundRoute(split, arms, shadows);
    }

    private static Arm bind(
            RouteSpec route, ArmSpec arm, Function<Target, @Nullable VersionHandle> versions, ArmObservers observers) {
        @Nullable VersionHandle version = versions.apply(arm.target());
        ArmObserver observer = version == null
                ? ArmObserver.NONE
                : observers.of(
                        new ArmKey(
                                route.name(), route.salt(), route.rollout(), route.epoch(), arm.name(), version.key()),
                        !arm.equals(route.standard()));
        return new Arm(arm, version, observer);
    }

    public SplitRoute split() {
        return split;
    }

    public String name() {
        return split.name();
    }

    /// By index, 0 being the default.
    public List<Arm> arms() {
        return arms;
    }

    /// As the specification has them, in its order.
    public List<Arm> shadows() {
        return shadows;
    }

    /// Whether an arm stands for a version of that model.
    public boolean leadsTo(String model) {
        return arms.stream().anyMatch(arm -> arm.spec().target().model().equals(model))
                || shadows.stream().anyMatch(arm -> arm.spec().target().model().equals(model));
    }

    /// Deals a request; the default arm has those of arms that are not ready, or that failed too often.
    ///
    /// @return its [Place]
    public long place(RequestFacts facts) {
        long place = split.place(facts);
        int index = Place.arm(place);
        if (index == 0) {
            return place;
        }
        Arm arm = arms.get(index);
        if (arm.version() == null) {
            return notReady(place);
        }
        return arm.observer().tripped() ? Place.at(place, 0, Place.TRIPPED) : place;
    }

    /// The same, but where the default arm is not ready either, the fallback arm has it if it is there for
    /// that.
    public long placeReady(RequestFacts facts) {
        long place = place(facts);
        if (Place.arm(place) != 0 || arms.getFirst().version() != null) {
            return place;
        }
        long other = afterFailure(place, ErrorCode.NOT_READY);
        return other == NOWHERE ? place : other;
    }

    /// The same request with the default arm, as the one it was dealt to turns out not to be ready.
    public long notReady(long place) {
        return Place.at(place, 0, Place.NOT_READY);
    }

    /// Which arm runs a request again that failed.
    ///
    /// @return its [Place], or [#NOWHERE] if none does
    public long afterFailure(long place, ErrorCode failure) {
        boolean again = fallback >= 0
                && fallback != Place.arm(place)
                && arms.get(fallback).version() != null
                && !arms.get(fallback).observer().tripped()
                && split.spec().fallback().on().contains(failure);
        return again ? Place.at(place, fallback, Place.FALLBACK) : NOWHERE;
    }

    /// Whether a failed request may be run again, so that what it holds must stay.
    public boolean hasFallback() {
        return fallback >= 0;
    }

    public Arm arm(long place) {
        return arms.get(Place.arm(place));
    }

    /// What others are told of where a request went.
    public Assigned assigned(long place) {
        AssignmentReason reason = Place.reason(place);
        int arm = Place.arm(place);
        return new Assigned(
                name(),
                arms.get(arm).spec().name(),
                arm,
                reason.text(),
                reason.byChance(),
                split.spec().salt(),
                Place.bucket(place),
                Place.hash2(place),
                split.weight(arm));
    }
}
