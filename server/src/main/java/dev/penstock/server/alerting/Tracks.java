package dev.penstock.server.alerting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was told of everything. Not thread-safe.
final class Tracks {
    private final Track.Policy policy;
    private final Map<Concern.Subject, Track> tracks = new HashMap<>();

    Tracks(Track.Policy policy) {
        this.policy = policy;
    }

    /// What is to be told now.
    ///
    /// @param concerns the active ones, and those that were since the last look at least
    List<Notice> next(List<Concern> concerns, long nowMillis) {
        List<Concern> ordered = new ArrayList<>(concerns);
        ordered.sort(Comparator.comparingLong(Concern::raisedMillis));
        List<Notice> notices = new ArrayList<>();
        Set<Concern.Subject> present = new HashSet<>();
        for (Concern concern : ordered) {
            Concern.Subject subject = concern.subject();
            present.add(subject);
            Track.Step step = tracks.getOrDefault(subject, Track.NONE).next(concern, policy, nowMillis);
            tracks.put(subject, step.track());
            notices.addAll(step.notices());
        }
        tracks.entrySet()
                .removeIf(
                        one -> !present.contains(one.getKey()) && one.getValue().isDone(policy, nowMillis));
        return notices;
    }

    int size() {
        return tracks.size();
    }
}
