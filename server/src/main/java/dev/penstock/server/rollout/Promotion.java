package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.rollout.Withdrawal;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.RouteRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Has the alias of a default arm stand for who is promoted, or takes that back while it does not yet. Its
/// owner's lock is held; blocks on the record.
final class Promotion {
    /// Longer than a tick.
    private static final Duration STAYS = Duration.ofSeconds(3);

    private final Around around;
    private final Watch watch;
    private final RecordRest rest;

    Promotion(Around around, Watch watch, RecordRest rest) {
        this.around = around;
        this.watch = watch;
        this.rest = rest;
    }

    /// Moves the alias once it is recorded that this is to be; only then the candidate's share is taken away.
    /// Whether the version is ready on this server is not asked: by evidence nobody is promoted before it is on
    /// all of them. So `NOT_READY` is the record's own, which another server may reach: this one says nothing
    /// until it can, and after a while another one takes over.
    ///
    /// @return why that is refused; "" if it is not, or there is nothing to be moved
    /// @throws ServingException if the record is away
    String move(Drive drive, RouteSpec routed) {
        Candidate promoted = RouteEdits.promoted(drive.spec, drive.state);
        ModelAdmin admin = around.admin();
        boolean recorded = drive.record.phase().equals(RolloutJson.phase(Phase.PROMOTING));
        if (!recorded || promoted == null || admin == null || watch.isAliasThere(drive.spec, drive.state, routed)) {
            return "";
        }
        try {
            String alias = RouteEdits.movedAlias(promoted, routed);
            AliasRecord _ = admin.promoteFor(drive.record.id(), promoted.model(), alias, promoted.version());
            return "";
        } catch (ServingException e) {
            if (RecordRest.isAway(e)) {
                throw e;
            }
            // Whatever else it is may last.
            return e.reason();
        }
    }

    /// What becomes of one whose alias cannot be moved.
    RolloutMachine.Tick refused(Drive drive, RolloutState state, RouteSpec routed, String refusal, long now) {
        drive.waitsFor = refusal;
        return Withdrawal.refused(drive.spec, state, watch.guards(drive, routed), refusal, timeRefusal(drive), now);
    }

    /// Takes the time of a refusal: it begins with the first call.
    ///
    /// @return how long it has lasted, in milliseconds
    private long timeRefusal(Drive drive) {
        long up = around.up().millis();
        if (drive.refusedMillis == 0) {
            drive.refusedMillis = Math.max(1, up);
        }
        return up - drive.refusedMillis;
    }

    /// What becomes of one that another server promotes, and a guard of this one speaks against. Who promotes
    /// moves the alias before it writes anything, unless that is refused: so what stays as it is for a while,
    /// though the driver has written since, is refused. One that is silent may only be late.
    RolloutMachine.Tick guarded(Drive drive, RouteSpec routed, long now) {
        if (!isPending(drive, routed)) {
            drive.refusedMillis = 0;
            return new RolloutMachine.Tick(drive.state, List.of());
        }
        boolean stays = timeRefusal(drive) >= STAYS.toMillis() && drive.keptMillis > drive.refusedMillis;
        return stays
                ? Withdrawal.refused(drive.spec, drive.state, watch.guards(drive, routed), "", 0, now)
                : new RolloutMachine.Tick(drive.state, List.of());
    }

    /// Whether a person may still abort it, though its end is decided.
    ///
    /// @param route as it is known
    boolean isOpen(Drive drive, Wish wish, Optional<RouteRecord> route) {
        Optional<RouteSpec> readable = route.flatMap(RouteJson::readable);
        return wish.command() == Command.ABORT && readable.isPresent() && isPending(drive, readable.get());
    }

    /// Whether somebody is to be promoted whom the alias does not stand for yet.
    private boolean isPending(Drive drive, RouteSpec routed) {
        Candidate promoted = RouteEdits.promoted(drive.spec, drive.state);
        String alias = promoted == null ? "" : RouteEdits.movedAlias(promoted, routed);
        return drive.state.phase() == Phase.PROMOTING
                && promoted != null
                && !alias.isEmpty()
                && !watch.isAliasThere(drive.spec, drive.state, routed)
                && !isRecorded(promoted, alias);
    }

    /// Where another server drives it, the record knows first.
    private boolean isRecorded(Candidate promoted, String alias) {
        ModelAdmin admin = around.admin();
        try {
            AliasRecord now = admin == null
                    ? null
                    : admin.registered(promoted.model()).aliases().get(alias);
            return now != null && now.version() == promoted.version();
        } catch (ServingException e) {
            // It is not there any more, or the record is away, so that nothing is written now either.
            rest.readFailed(e);
            return false;
        }
    }
}
