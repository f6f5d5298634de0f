package dev.penstock.server.grpc;

import com.google.protobuf.Timestamp;
import dev.penstock.proto.admin.Arm;
import dev.penstock.proto.admin.ArmOverride;
import dev.penstock.proto.admin.ArmStatus;
import dev.penstock.proto.admin.Assigned;
import dev.penstock.proto.admin.Assignment;
import dev.penstock.proto.admin.Candidate;
import dev.penstock.proto.admin.Condition;
import dev.penstock.proto.admin.Fallback;
import dev.penstock.proto.admin.Route;
import dev.penstock.proto.admin.RouteStatus;
import dev.penstock.proto.admin.Shadow;
import dev.penstock.proto.admin.ShadowStatus;
import dev.penstock.proto.admin.Target;
import dev.penstock.proto.admin.UnitSource;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.server.routing.Dealt;
import dev.penstock.server.routing.RouteView;
import java.time.Instant;
import java.util.TreeMap;

/// Routes as messages of the admin API. Pure.
final class RouteMessages {
    private RouteMessages() {}

    static Route of(RouteView view) {
        RouteSpec spec = view.spec();
        Route.Builder route = Route.newBuilder()
                .setName(spec.name())
                .setSalt(spec.salt())
                .setStandard(arm(spec.standard()))
                .setUnitPerRequest(spec.unit().isEmpty())
                .setLastRollout(spec.rolled().id())
                .setObserved(spec.rolled().observed())
                .addAllRolloutArms(spec.rolled().arms().stream().sorted().toList())
                .setAssignment(
                        switch (spec.assignment()) {
                            case ANCHORED -> Assignment.ASSIGNMENT_ANCHORED;
                            case RENDEZVOUS -> Assignment.ASSIGNMENT_RENDEZVOUS;
                        })
                .setStatus(status(view));
        spec.match().forEach(condition -> route.addMatch(condition(condition)));
        spec.unit().forEach(source -> route.addUnit(unit(source)));
        for (CandidateSpec candidate : spec.candidates()) {
            route.addCandidates(Candidate.newBuilder()
                    .setArm(arm(candidate.arm()))
                    .setWeight(candidate.weight())
                    .setMaxWeight(candidate.maxWeight()));
        }
        for (OverrideSpec override : spec.overrides()) {
            ArmOverride.Builder one = ArmOverride.newBuilder().setArm(override.arm());
            override.when().forEach(condition -> one.addWhen(condition(condition)));
            route.addOverrides(one);
        }
        for (ShadowSpec shadow : spec.shadows()) {
            route.addShadows(Shadow.newBuilder()
                    .setArm(arm(shadow.arm()))
                    .setShare(shadow.share())
                    .setTolerance(shadow.tolerance()));
        }
        if (!spec.fallback().isNone()) {
            route.setFallback(Fallback.newBuilder()
                    .setArm(spec.fallback().arm())
                    .addAllOn(spec.fallback().on().stream()
                            .map(Enum::name)
                            .sorted()
                            .toList()));
        }
        return route.build();
    }

    private static Arm arm(ArmSpec arm) {
        return Arm.newBuilder()
                .setName(arm.name())
                .setTarget(Target.newBuilder()
                        .setModel(arm.target().model())
                        .setVersion(arm.target().version())
                        .setAlias(arm.target().alias()))
                .build();
    }

    private static Condition condition(dev.penstock.router.split.Condition condition) {
        Condition.Builder message = Condition.newBuilder();
        switch (condition.kind()) {
            case HEADER -> message.setHeader(condition.name());
            case PARAMETER -> message.setParameter(condition.name());
            case CALLER -> message.setCaller(true);
        }
        switch (condition.test()) {
            case EQUALS -> message.setEquals(condition.value());
            case PREFIX -> message.setPrefix(condition.value());
            case REGEX -> message.setRegex(condition.value());
            case PRESENT -> message.setPresent(true);
        }
        return message.build();
    }

    private static UnitSource unit(dev.penstock.router.split.UnitSource source) {
        UnitSource.Builder message = UnitSource.newBuilder();
        switch (source.kind()) {
            case HEADER -> message.setHeader(source.name());
            case JWT_CLAIM -> message.setJwtClaim(source.name());
            case COOKIE -> message.setCookie(source.name());
            case PARAMETER -> message.setParameter(source.name());
            case REQUEST_ID -> message.setRequestId(true);
        }
        return message.build();
    }

    private static RouteStatus status(RouteView view) {
        Instant changed = view.recorded().changed();
        RouteStatus.Builder status = RouteStatus.newBuilder()
                .setRevision(view.recorded().revision())
                .setGeneration(view.recorded().generation())
                .setAssignmentVersion(view.recorded().assignment())
                .setChanged(Timestamp.newBuilder()
                        .setSeconds(changed.getEpochSecond())
                        .setNanos(changed.getNano()))
                .setBy(view.recorded().by())
                .setRollout(view.rollout())
                .addAllProblems(view.problems());
        for (RouteView.ArmView arm : view.arms()) {
            status.addArms(ArmStatus.newBuilder()
                    .setArm(arm.arm())
                    .setTarget(arm.target())
                    .setVersion(arm.version())
                    .setWeight(arm.weight())
                    .setMaxWeight(arm.maxWeight())
                    .setBuckets(arm.buckets())
                    .setHeld(arm.held())
                    .setTrip(arm.trip()));
        }
        new TreeMap<>(view.shadows())
                .forEach((arm, version) ->
                        status.addShadows(ShadowStatus.newBuilder().setArm(arm).setVersion(version)));
        return status.build();
    }

    static Assigned of(Dealt dealt) {
        return Assigned.newBuilder()
                .setArm(dealt.arm())
                .setTarget(dealt.target())
                .setVersion(dealt.version())
                .setBucket(dealt.bucket())
                .setGroup(dealt.group())
                .setReason(dealt.reason())
                .setWhy(dealt.why())
                .setSalt(dealt.salt())
                .build();
    }
}
