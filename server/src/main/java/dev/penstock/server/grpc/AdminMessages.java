package dev.penstock.server.grpc;

import com.google.protobuf.Timestamp;
import dev.penstock.proto.admin.Alias;
import dev.penstock.proto.admin.AuditEntry;
import dev.penstock.proto.admin.Event;
import dev.penstock.proto.admin.File;
import dev.penstock.proto.admin.Gate;
import dev.penstock.proto.admin.Lineage;
import dev.penstock.proto.admin.Memory;
import dev.penstock.proto.admin.Model;
import dev.penstock.proto.admin.Phase;
import dev.penstock.proto.admin.Recorded;
import dev.penstock.proto.admin.Registration;
import dev.penstock.proto.admin.State;
import dev.penstock.proto.admin.Version;
import dev.penstock.proto.admin.Waiting;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is known of models, as messages of the admin API. Pure.
final class AdminMessages {
    private AdminMessages() {}

    static Model model(ModelPage page) {
        Model.Builder model = Model.newBuilder().setName(page.name()).addAllWarnings(page.warnings());
        ModelStatus status = page.status();
        if (status != null) {
            model.setReason(status.reason());
        }
        ModelRecord recorded = page.model();
        if (recorded != null) {
            model.setRevision(recorded.revision()).setPolicy(recorded.policy()).setConfig(recorded.config());
            recorded.aliases().values().forEach(alias -> model.addAliases(alias(alias, status)));
        }
        for (long number : page.numbers()) {
            model.addVersions(
                    version(number, page.version(number), page.recorded().get(number)));
        }
        return model.build();
    }

    /// @param model how it is on this server, or null
    static Alias alias(AliasRecord alias, @Nullable ModelStatus model) {
        return Alias.newBuilder()
                .setName(alias.name())
                .setVersion(alias.version())
                .setPrevious(alias.previous())
                .setEffective(ModelPage.effective(model, alias))
                .setMoved(timestamp(alias.moved()))
                .setBy(alias.by())
                .build();
    }

    private static Version version(long number, @Nullable VersionStatus status, @Nullable VersionRecord recorded) {
        Version.Builder version = Version.newBuilder().setVersion(number);
        if (status == null) {
            version.setState(State.STATE_UNAVAILABLE).setReason(VersionStatus.NOT_ASKED_FOR);
        } else {
            version.setState(state(status.state()))
                    .setReason(status.reason())
                    .setDevice(status.device().toString());
            @Nullable MemoryStatus memory = status.memory();
            if (memory != null) {
                version.setMemory(memory(status, memory));
            }
        }
        if (recorded != null) {
            version.setRecorded(recorded(recorded));
        }
        return version.build();
    }

    private static Memory memory(VersionStatus version, MemoryStatus memory) {
        Memory.Builder told = Memory.newBuilder()
                .setLoaded(version.inMemory())
                .setOnDemand(memory.onDemand())
                .setPredictedBytes(memory.predictedBytes());
        if (memory.measuredBytes() >= 0) {
            told.setMeasuredBytes(memory.measuredBytes());
        }
        return told.build();
    }

    private static State state(VersionState state) {
        return switch (state) {
            case LOADING -> State.STATE_LOADING;
            case READY -> State.STATE_READY;
            case UNLOADING -> State.STATE_UNLOADING;
            case UNAVAILABLE -> State.STATE_UNAVAILABLE;
        };
    }

    private static Recorded recorded(VersionRecord version) {
        Recorded.Builder recorded = Recorded.newBuilder()
                .setSha256(version.digest())
                .setBytes(version.files().stream().mapToLong(StoredFile::bytes).sum())
                .setSource(version.source())
                .setRegistered(timestamp(version.registered()))
                .setBy(version.by())
                .setSignature(version.signature())
                .setWanted(version.wanted())
                .setLineage(lineage(version.lineage()));
        for (StoredFile file : version.files()) {
            recorded.addFiles(File.newBuilder()
                    .setPath(file.path())
                    .setSha256(file.sha256())
                    .setBytes(file.bytes()));
        }
        for (GateRecord gate : version.gates()) {
            recorded.addGates(Gate.newBuilder()
                    .setGate(gate.gate())
                    .setVerdict(verdict(gate.verdict()))
                    .setDetail(gate.detail()));
        }
        if (!version.intent().asksForNothing()) {
            recorded.setWaiting(waiting(version.intent()));
        }
        return recorded.build();
    }

    private static Waiting waiting(Intent intent) {
        return Waiting.newBuilder()
                .addAllAliases(intent.aliases())
                .setPolicy(intent.policy())
                .setConfig(intent.config())
                .setBy(intent.by())
                .setAt(timestamp(intent.at()))
                .build();
    }

    private static Gate.Verdict verdict(GateRecord.Verdict verdict) {
        return switch (verdict) {
            case PASSED -> Gate.Verdict.VERDICT_PASSED;
            case FAILED -> Gate.Verdict.VERDICT_FAILED;
            case SKIPPED -> Gate.Verdict.VERDICT_SKIPPED;
        };
    }

    private static Lineage lineage(dev.penstock.server.store.Lineage lineage) {
        return Lineage.newBuilder()
                .setGitCommit(lineage.gitCommit())
                .setDataVersion(lineage.dataVersion())
                .setTrainingRun(lineage.trainingRun())
                .setAuthor(lineage.author())
                .putAllMetrics(lineage.metrics())
                .putAllLabels(lineage.labels())
                .build();
    }

    static Registration registration(dev.penstock.server.admin.Registration registration) {
        VersionRecord recorded = registration.version();
        return Registration.newBuilder()
                .setModel(registration.model())
                .setVersion(Version.newBuilder()
                        .setVersion(recorded.number())
                        .setState(registration.serving() ? State.STATE_READY : State.STATE_UNAVAILABLE)
                        .setRecorded(recorded(recorded)))
                .setIsNew(registration.isNew())
                .setServing(registration.serving())
                .setProblem(registration.failed() ? registration.error() : "")
                .build();
    }

    static Event event(LifecycleEvent event) {
        return Event.newBuilder()
                .setAt(timestamp(event.at()))
                .setModel(event.model())
                .setVersion(event.version())
                .setPhase(phase(event.phase()))
                .setDetail(event.detail())
                .setBytes(event.bytes())
                .setTotalBytes(event.totalBytes())
                .build();
    }

    private static Phase phase(LifecyclePhase phase) {
        return switch (phase) {
            case REGISTERED -> Phase.PHASE_REGISTERED;
            case DOWNLOADING -> Phase.PHASE_DOWNLOADING;
            case VERIFYING -> Phase.PHASE_VERIFYING;
            case LOADING -> Phase.PHASE_LOADING;
            case WARMING -> Phase.PHASE_WARMING;
            case CHECKING -> Phase.PHASE_CHECKING;
            case READY -> Phase.PHASE_READY;
            case DRAINING -> Phase.PHASE_DRAINING;
            case UNLOADED -> Phase.PHASE_UNLOADED;
            case FAILED -> Phase.PHASE_FAILED;
        };
    }

    static AuditEntry audit(dev.penstock.server.store.AuditEntry entry) {
        return AuditEntry.newBuilder()
                .setId(entry.id())
                .setAt(timestamp(entry.act().at()))
                .setModel(entry.model())
                .setWho(entry.act().who())
                .setAction(entry.act().action())
                .setDetail(entry.act().detail())
                .setBeforeJson(entry.before())
                .setAfterJson(entry.after())
                .build();
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }
}
