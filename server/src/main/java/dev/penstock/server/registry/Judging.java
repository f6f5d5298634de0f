package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.gate.VersionFiles;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has registered versions judged before they serve. They are loaded on the loader thread and looked at on the
/// caller's, which may take as long as a webhook does, while the loader thread goes on; then the loader thread
/// publishes or closes them. Thread-safe.
final class Judging {
    /// The gate of every version: whether it can be loaded at all.
    static final String LOAD_GATE = "load";

    private static final System.Logger LOG = System.getLogger(Judging.class.getName());

    private final VersionGates gates;
    private final Verdicts verdicts;
    private final LifecycleEvents events;
    private final RegisteredServing serving;

    private final OneByOne<ModelKey, Attempt> underWay = new OneByOne<>();

    Judging(VersionGates gates, Verdicts verdicts, LifecycleEvents events, RegisteredServing serving) {
        this.gates = gates;
        this.verdicts = verdicts;
        this.events = events;
        this.serving = serving;
    }

    /// Has a version loaded, judged and, if it passes, published. Whoever else is at it does it alone; if what
    /// they say is of another registration than is recorded by then, that is judged in turn. Where they came to
    /// no verdict, one of those who waited tries once more, and speaks for all of them.
    ///
    /// @param patient whether to wait for whoever else is at it
    /// @param folder the model as it should be once it has passed, whenever it is asked
    /// @return why it does not serve that should, or ""; what it was turned down for is no such reason
    String judge(ModelKey key, boolean patient, Supplier<@Nullable ModelFolder> folder) {
        for (boolean waited = false; ; waited = true) {
            OneByOne.Turn<Attempt> turn = underWay.run(key, patient, () -> attempt(key, folder));
            if (!turn.mine() && !patient) {
                return "it is being judged";
            }
            Attempt attempt = turn.result().orElse(Attempt.NONE);
            VersionRecord now = unjudged(key);
            if (now == null) {
                return turn.mine() ? attempt.problem() : "";
            }
            boolean hasProblem = turn.mine() && !attempt.problem().isEmpty();
            // What began before this caller came says nothing of what there is by now.
            boolean tried = (turn.mine() || waited) && attempt.isOf(now);
            if (hasProblem || tried) {
                return attempt.problem();
            }
        }
    }

    /// How it went.
    ///
    /// @param judged null if there was nothing to judge
    /// @param problem why there is no verdict, or it does not serve all the same; or ""
    private record Attempt(@Nullable VersionRecord judged, String problem) {
        static final Attempt NONE = new Attempt(null, "");

        /// Whether it was that registration.
        boolean isOf(VersionRecord version) {
            return judged != null && Judging.isOf(judged, version);
        }
    }

    private Attempt attempt(ModelKey key, Supplier<@Nullable ModelFolder> folder) {
        VersionRecord version = unjudged(key);
        return new Attempt(version, version == null ? "" : judge(key, version, folder));
    }

    /// Whether what is said of the one is said of the other.
    private static boolean isOf(VersionRecord judged, VersionRecord version) {
        return new Verdicts.Verdict(judged, List.of()).isOf(version);
    }

    private @Nullable VersionRecord unjudged(ModelKey key) {
        ModelRecord model = verdicts.model(key.name());
        VersionRecord version = model == null ? null : model.versions().get(key.version());
        return version == null || !version.gates().isEmpty() ? null : version;
    }

    private String judge(ModelKey key, VersionRecord version, Supplier<@Nullable ModelFolder> folder) {
        Optional<VersionLaunch.Outcome> outcome = serving.hold(folder, key.version());
        if (outcome.isEmpty()) {
            return "";
        }
        return switch (outcome.get()) {
            case VersionLaunch.Failed failed -> failed(version, failed);
            case VersionLaunch.Held held -> look(held, version, folder);
        };
    }

    private String failed(VersionRecord version, VersionLaunch.Failed failed) {
        if (!failed.verdict()) {
            return serving.fail(failed);
        }
        verdicts.say(failed.key(), new Verdicts.Verdict(version, List.of(cannotLoad(failed))));
        serving.fail(failed);
        return "";
    }

    private static GateRecord cannotLoad(VersionLaunch.Failed failed) {
        return new GateRecord(LOAD_GATE, Verdict.FAILED, failed.problem());
    }

    private String look(VersionLaunch.Held held, VersionRecord version, Supplier<@Nullable ModelFolder> folder) {
        boolean handedOver = false;
        try {
            String problem = ask(held, version);
            String refusal = problem.isEmpty() ? Gates.problem(said(held.key())) : "";
            handedOver = true;
            if (problem.isEmpty() && refusal.isEmpty()) {
                return serving.settle(held, () -> isStill(held.key(), version) ? folder.get() : null);
            }
            serving.turnDown(held, problem.isEmpty() ? refusal : problem);
            return problem;
        } finally {
            if (!handedOver) {
                held.letGo();
            }
        }
    }

    /// @return why there is no verdict, or ""
    private String ask(VersionLaunch.Held held, VersionRecord version) {
        try {
            List<GateRecord> said = check(held, version);
            if (Thread.currentThread().isInterrupted()) {
                // The server stops, and so a gate was not answered.
                return "it cannot be judged now: interrupted";
            }
            verdicts.say(held.key(), new Verdicts.Verdict(version, said));
            return "";
        } catch (ServingException e) {
            return "it cannot be judged now: " + e.reason();
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // It says more of this process than of the version.
            LOG.log(System.Logger.Level.ERROR, held.key() + " cannot be judged now", e);
            return "it cannot be judged now: " + e;
        }
    }

    /// As it is recorded by now, or will be.
    private List<GateRecord> said(ModelKey key) {
        ModelRecord model = verdicts.model(key.name());
        VersionRecord version = model == null ? null : model.versions().get(key.version());
        return version == null ? List.of() : version.gates();
    }

    /// Whether what was judged is what is registered: the number may have been given anew since.
    private boolean isStill(ModelKey key, VersionRecord judged) {
        ModelRecord model = verdicts.model(key.name());
        VersionRecord now = model == null ? null : model.versions().get(key.version());
        return now != null && isOf(judged, now);
    }

    /// Loads a version that is not to serve, has it judged, and lets it go.
    ///
    /// @throws ServingException if it cannot be judged now
    List<GateRecord> tryOut(ModelFolder folder, VersionRecord version) {
        return switch (serving.hold(() -> folder, version.number()).orElseThrow()) {
            case VersionLaunch.Failed failed -> {
                if (!failed.verdict()) {
                    throw new ServingException(ErrorCode.NOT_READY, "it cannot be judged now: " + failed.problem());
                }
                yield List.of(cannotLoad(failed));
            }
            case VersionLaunch.Held held -> {
                try {
                    yield check(held, version);
                } catch (ServingException e) {
                    throw new ServingException(e.code(), "it cannot be judged now: " + e.reason());
                } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                    LOG.log(System.Logger.Level.ERROR, held.key() + " cannot be judged now", e);
                    throw new ServingException(ErrorCode.NOT_READY, "it cannot be judged now: " + e);
                } finally {
                    held.letGo();
                }
            }
        };
    }

    private List<GateRecord> check(VersionLaunch.Held held, VersionRecord version) {
        ModelKey key = held.key();
        events.add(key.name(), key.version(), LifecyclePhase.CHECKING, "");
        Candidate candidate = new Candidate(
                key,
                held.loaded().signature(),
                held.loaded().model(),
                VersionFiles.of(held.loaded().folder()),
                held.share().footprint(),
                version.lineage(),
                version.digest(),
                version.breaking(),
                held.settings().gates());
        List<GateRecord> said = new ArrayList<>();
        said.add(new GateRecord(LOAD_GATE, Verdict.PASSED, ""));
        said.addAll(gates.check(candidate, held.before()));
        return List.copyOf(said);
    }
}
