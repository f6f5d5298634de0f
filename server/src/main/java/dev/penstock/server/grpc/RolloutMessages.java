package dev.penstock.server.grpc;

import com.google.protobuf.Timestamp;
import dev.penstock.proto.admin.Rollout;
import dev.penstock.proto.admin.RolloutArm;
import dev.penstock.proto.admin.RolloutEvent;
import dev.penstock.proto.admin.RolloutFinding;
import dev.penstock.proto.admin.RolloutLift;
import dev.penstock.proto.admin.RolloutMetric;
import dev.penstock.proto.admin.RolloutOutcome;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.server.rollout.RolloutPlan;
import dev.penstock.server.rollout.RolloutView;
import dev.penstock.server.rollout.RolloutViewJson;
import dev.penstock.server.store.RolloutEventRecord;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rollouts as messages of the admin API: what REST says of them. Pure.
final class RolloutMessages {
    private RolloutMessages() {}

    static RolloutEvent of(RolloutEventRecord recorded) {
        JsonNode event = RolloutViewJson.of(recorded);
        return RolloutEvent.newBuilder()
                .setSeq(recorded.seq())
                .setAt(timestamp(recorded.at()))
                .setKind(event.path("kind").asString(""))
                .setPhase(event.path("phase").asString(""))
                .setReason(event.path("reason").asString(""))
                .setDetail(event.path("detail").asString(""))
                .setActor(event.path("actor").asString(""))
                .setData(recorded.event())
                .build();
    }

    static Rollout of(RolloutPlan plan) {
        return of(plan.view()).toBuilder()
                .setChanges(plan.changes())
                .setRefused(plan.refused())
                .build();
    }

    static Rollout of(RolloutView view) {
        ObjectNode node = RolloutViewJson.of(view);
        JsonNode status = node.path("status");
        RolloutState state = view.state();
        Rollout.Builder rollout = Rollout.newBuilder()
                .setId(view.id())
                .setRoute(view.spec().route())
                .setSpec(node.path("spec").toString())
                .setPhase(status.path("phase").asString(""))
                .setStep(status.path("step").asInt())
                .setSteps(status.path("steps").asInt())
                .setReason(state.reason())
                .setDetail(state.detail())
                .setStarted(timestamp(Instant.ofEpochMilli(state.startedMillis())))
                .setStepBegan(timestamp(Instant.ofEpochMilli(state.stepMillis())))
                .setSince(timestamp(Instant.ofEpochMilli(state.phaseMillis())))
                .setChanged(timestamp(view.changed()))
                .setOwner(view.owner())
                .setWaitsFor(view.waitsFor())
                .setShadow(state.shadow())
                .setPromoted(state.promoted())
                .setLatched(state.latched())
                .setSrmLogE(state.judged().mismatchLogE())
                .setSrmThreshold(Judgement.MISMATCH)
                .setExternalFailures(state.judged().externalRate())
                .setLastEvent(state.events())
                .setAwaitsApproval(status.path("awaitsApproval").asBoolean(false));
        state.findings().forEach(finding -> rollout.addToConfirm(finding(finding)));
        view.confirmed().forEach(finding -> rollout.addConfirmed(finding(finding)));
        if (status.has("outcome")) {
            rollout.setOutcome(outcome(status.path("outcome")));
        }
        status.path("arms").forEach(arm -> rollout.addArms(arm(arm)));
        status.path("metrics").forEach(metric -> rollout.addMetrics(metric(metric)));
        return rollout.build();
    }

    private static RolloutFinding finding(Finding finding) {
        return RolloutFinding.newBuilder()
                .setSeq(finding.event())
                .setArm(finding.arm())
                .setReason(finding.reason())
                .setDetail(finding.detail())
                .build();
    }

    private static RolloutOutcome outcome(JsonNode node) {
        RolloutOutcome.Builder outcome =
                RolloutOutcome.newBuilder().setDetail(node.path("detail").asString(""));
        for (JsonNode win : node.path("better")) {
            outcome.addBetterBuilder()
                    .setMetric(win.path("metric").asString(""))
                    .setArm(win.path("arm").asString(""))
                    .setLift(lift(win.path("lift")))
                    .setBest(win.path("best").asBoolean());
        }
        return outcome.build();
    }

    private static RolloutLift lift(JsonNode node) {
        return RolloutLift.newBuilder()
                .setEstimate(node.path("estimate").asDouble())
                .setLower(node.path("ci").path(0).asDouble())
                .setUpper(node.path("ci").path(1).asDouble())
                .setMinLift(node.path("minLift").asDouble())
                .setBetter(node.path("better").asBoolean())
                .build();
    }

    private static RolloutArm arm(JsonNode arm) {
        return RolloutArm.newBuilder()
                .setArm(arm.path("arm").asString(""))
                .setVersion(arm.path("version").asString(""))
                .setWeight(arm.path("weight").asInt())
                .setRequests(arm.path("requests").asLong())
                .setFailed(arm.path("failed").asLong())
                .setDropped(arm.path("dropped").asBoolean())
                .setWhy(arm.path("why").asString(""))
                .build();
    }

    private static RolloutMetric metric(JsonNode node) {
        RolloutMetric.Builder metric = RolloutMetric.newBuilder()
                .setName(node.path("name").asString(""))
                .setArm(node.path("arm").asString(""))
                .setState(node.path("state").asString(""))
                .setRequired(node.path("required").asBoolean())
                .setNControl(node.path("n_control").asLong())
                .setNCanary(node.path("n_canary").asLong())
                .setDetail(node.path("detail").asString(""));
        if (node.has("logE_rollback")) {
            metric.setLogERollback(node.path("logE_rollback").asDouble());
        }
        if (node.has("threshold")) {
            metric.setThreshold(node.path("threshold").asDouble());
        }
        if (node.has("logE_promote")) {
            metric.setLogEPromote(node.path("logE_promote").asDouble());
        }
        if (node.has("promote_threshold")) {
            metric.setPromoteThreshold(node.path("promote_threshold").asDouble());
        }
        if (node.has("estimate")) {
            metric.setEstimate(node.path("estimate").asDouble());
        }
        if (node.path("ci").path(0).isNumber()) {
            metric.setLower(node.path("ci").path(0).asDouble());
        }
        if (node.path("ci").path(1).isNumber()) {
            metric.setUpper(node.path("ci").path(1).asDouble());
        }
        if (node.has("lift")) {
            metric.setLift(lift(node.path("lift")));
        }
        return metric.build();
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }
}
