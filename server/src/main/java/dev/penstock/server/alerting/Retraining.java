package dev.penstock.server.alerting;

import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Need;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// When a model should be trained again: at a critical concern, if all else that is required is wrong with the
/// same version, and the model was not asked for lately. Not thread-safe.
final class Retraining {
    /// Decided requests that are kept.
    static final int MOST_DECIDED = 64;

    private final AlertsConfig.Retraining rules;
    private final Predicate<String> wanted;
    private final Supplier<String> ids;

    /// Of each model the last time it was asked for.
    private final Map<String, Long> askedMillis = new HashMap<>();

    /// The oldest first; at most one of a model.
    private final Map<String, RetrainingRequest> pending = new LinkedHashMap<>();

    /// The newest first.
    private final Deque<RetrainingRequest> decided = new ArrayDeque<>();

    private boolean changed;

    /// What outlives a restart.
    ///
    /// @param requests as [Retraining#all] has them
    /// @param askedMillis of each model the last time it was asked for, if that was lately
    record Kept(List<RetrainingRequest> requests, Map<String, Long> askedMillis) {
        static final Kept NOTHING = new Kept(List.of(), Map.of());

        Kept {
            requests = List.copyOf(requests);
            askedMillis = Map.copyOf(askedMillis);
        }
    }

    /// @param wanted whether somebody is to be told of a model
    Retraining(AlertsConfig.Retraining rules, Predicate<String> wanted, Supplier<String> ids) {
        this(rules, wanted, ids, Kept.NOTHING);
    }

    /// @param before what was kept
    Retraining(AlertsConfig.Retraining rules, Predicate<String> wanted, Supplier<String> ids, Kept before) {
        this.rules = rules;
        this.wanted = wanted;
        this.ids = ids;
        askedMillis.putAll(before.askedMillis());
        for (RetrainingRequest request : before.requests()) {
            if (request.state() == RetrainingRequest.State.PENDING) {
                pending.put(request.id(), request);
            } else if (decided.size() < MOST_DECIDED) {
                decided.addLast(request);
            }
        }
    }

    /// What is to be kept now.
    ///
    /// @return null if nothing has changed since the last time
    @Nullable
    Kept changes() {
        if (!changed) {
            return null;
        }
        changed = false;
        return new Kept(all(), askedMillis);
    }

    /// What is asked for at once, as nobody need approve it.
    ///
    /// @param active all active concerns
    List<RetrainingRequest> next(List<Concern> active, long nowMillis) {
        long cooldownMillis = rules.cooldown().toMillis();
        askedMillis.values().removeIf(asked -> nowMillis - asked >= cooldownMillis);
        List<RetrainingRequest> approved = new ArrayList<>(nobodyNeedApprove(nowMillis));
        for (Concern concern : active) {
            String model = concern.key().name();
            if (!concern.critical() || askedMillis.containsKey(model) || isPending(model) || !wanted.test(model)) {
                continue;
            }
            List<Concern> reasons = active.stream()
                    .filter(other -> other.key().equals(concern.key()))
                    .toList();
            if (rules.requires().stream().allMatch(need -> isMet(need, reasons))) {
                askedMillis.put(model, nowMillis);
                changed = true;
                ask(concern, reasons, nowMillis, approved);
            }
        }
        return approved;
    }

    /// What waits from a time in which somebody had to: as long as it did, its model would be asked for no
    /// more.
    private List<RetrainingRequest> nobodyNeedApprove(long nowMillis) {
        if (rules.approval() == Approval.MANUAL) {
            return List.of();
        }
        List<RetrainingRequest> approved = new ArrayList<>();
        for (String id : List.copyOf(pending.keySet())) {
            RetrainingRequest request = decide(id, RetrainingRequest.State.APPROVED, "", nowMillis);
            if (request != null) {
                // It may have waited for longer than the cooldown, which would begin another one at once.
                askedMillis.putIfAbsent(request.key().name(), nowMillis);
                approved.add(request);
            }
        }
        return approved;
    }

    private void ask(Concern concern, List<Concern> reasons, long nowMillis, List<RetrainingRequest> approved) {
        RetrainingRequest request = new RetrainingRequest(
                ids.get(), concern.key(), reasons, nowMillis, RetrainingRequest.State.PENDING, 0, "");
        if (rules.approval() == Approval.MANUAL) {
            pending.put(request.id(), request);
        } else {
            RetrainingRequest now = request.decided(RetrainingRequest.State.APPROVED, nowMillis, "");
            keep(now);
            approved.add(now);
        }
    }

    private boolean isPending(String model) {
        return pending.values().stream()
                .anyMatch(request -> request.key().name().equals(model));
    }

    private static boolean isMet(Need need, List<Concern> concerns) {
        return concerns.stream().anyMatch(concern -> {
            boolean drift = concern.isDrift();
            return switch (need) {
                case INPUT_DRIFT -> drift && concern.ofInputs();
                case OUTPUT_DRIFT -> drift && concern.ofOutputs();
                case QUALITY_DROP -> !drift;
            };
        });
    }

    /// @return as it is now; null if none of that id waits
    @Nullable
    RetrainingRequest decide(String id, RetrainingRequest.State as, String by, long nowMillis) {
        RetrainingRequest request = pending.remove(id);
        if (request == null) {
            return null;
        }
        RetrainingRequest now = request.decided(as, nowMillis, by);
        keep(now);
        changed = true;
        return now;
    }

    private void keep(RetrainingRequest request) {
        if (decided.size() >= MOST_DECIDED) {
            decided.removeLast();
        }
        decided.addFirst(request);
    }

    /// Those that wait, the oldest first, then those that were decided, the newest first.
    List<RetrainingRequest> all() {
        List<RetrainingRequest> all = new ArrayList<>(pending.values());
        all.addAll(decided);
        return all;
    }
}
