package dev.penstock.router.split;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.Signature;
import dev.penstock.core.SignatureChange;
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
    /// @param unfit why whoever would answer does not, as it is no substitute for the default arm; or ""
    public record Arm(ArmSpec spec, @Nullable VersionHandle version, ArmObserver observer, String unfit) {
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
        RouteSpec route = split.spec();
        @Nullable VersionHandle standard = versions.apply(route.standard().target());
        List<Arm> arms = new ArrayList<>();
        for (ArmSpec arm : split.arms()) {
            arms.add(bind(arm, standard, versions, version -> {
                ArmKey key = new ArmKey(
                        route.name(), route.salt(), route.rollout(), route.epoch(), arm.name(), version.key());
                boolean candidate = !arm.equals(route.standard());
                return route.assignment() == Assignment.RENDEZVOUS
                        ? observers.ofOftenDealt(key, candidate)
                        : observers.of(key, candidate);
            }));
        }
        List<Arm> shadows = new ArrayList<>();
        for (ShadowSpec shadow : route.shadows()) {
            // What copies become is no business of who counts callers' requests.
            shadows.add(bind(shadow.arm(), standard, versions, _ -> ArmObserver.NONE));
        }
        return new BoundRoute(split, arms, shadows);
    }

    private static Arm bind(
            ArmSpec arm,
            @Nullable VersionHandle standard,
            Function<Target, @Nullable VersionHandle> versions,
            Function<VersionHandle, ArmObserver> observers) {
        @Nullable VersionHandle version = versions.apply(arm.target());
        if (version == null) {
            return new Arm(arm, null, ArmObserver.NONE, "");
        }
        String unfit = unfit(standard, version);
        return unfit.isEmpty()
                ? new Arm(arm, version, observers.apply(version), "")
                : new Arm(arm, null, ArmObserver.NONE, unfit);
    }

    /// What callers of the default arm would notice, as far as it is known what versions take and give: one
    /// that is loaded on demand may never have been here.
    private static String unfit(@Nullable VersionHandle standard, VersionHandle version) {
        if (standard == null || standard.key().equals(version.key())) {
            return "";
        }
        @Nullable Signature like = standard.knownSignature();
        @Nullable Signature own = version.knownSignature();
        return like == null || own == null ? "" : String.join("; ", SignatureChange.breaks(like, own));
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

    /// Whether that arm of the same route turned out to be no substitute for the default arm.
    ///
    /// @param other which may be older
    public boolean isUnfit(BoundRoute other, long place) {
        return split.spec().equals(other.split.spec()) && !arm(place).unfit().isEmpty();
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
                arms.get(arm).spec().target().model(),
                arm,
                reason.text(),
                reason.byChance(),
                split.spec().salt(),
                Place.bucket(place),
                Place.hash2(place),
                split.weight(arm));
    }
}
