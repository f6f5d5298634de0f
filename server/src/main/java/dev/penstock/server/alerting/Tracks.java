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
    private final Map<Concern.Subject, Followed> tracks = new HashMap<>();

    /// @param last the concern that was seen last, of those of its subject the latest
    private record Followed(Track track, Concern last) {}

    Tracks(Track.Policy policy) {
        this.policy = policy;
    }

    /// What is to be told now.
    ///
    /// @param concerns all active ones, and the last of those that were; what is not there is over
    List<Notice> next(List<Concern> concerns, long nowMillis) {
        List<Concern> ordered = new ArrayList<>(concerns);
        ordered.sort(Comparator.comparingLong(Concern::raisedMillis));
        List<Notice> notices = new ArrayList<>();
        Set<Concern.Subject> present = new HashSet<>();
        for (Concern concern : ordered) {
            Concern.Subject subject = concern.subject();
            present.add(subject);
            Followed before = tracks.get(subject);
            if (before != null && concern.raisedMillis() > before.last().raisedMillis()) {
                end(subject, before, Math.min(concern.raisedMillis(), nowMillis), nowMillis, notices);
            }
            follow(subject, concern, nowMillis, notices);
        }
        Map.copyOf(tracks).forEach((subject, one) -> {
            if (!present.contains(subject)) {
                end(subject, one, nowMillis, nowMillis, notices);
            }
        });
        tracks.entrySet()
                .removeIf(one -> !present.contains(one.getKey())
                        && one.getValue().track().isDone(policy, nowMillis));
        return notices;
    }

    private void follow(Concern.Subject subject, Concern concern, long nowMillis, List<Notice> notices) {
        Followed before = tracks.getOrDefault(subject, new Followed(Track.NONE, concern));
        Track.Step step = before.track().next(concern, policy, nowMillis);
        boolean earlier = concern.raisedMillis() < before.last().raisedMillis();
        tracks.put(subject, new Followed(step.track(), earlier ? before.last() : concern));
        notices.addAll(step.notices());
    }

    /// Only so many past concerns are kept: one may end and be forgotten between two looks.
    private void end(Concern.Subject subject, Followed followed, long atMillis, long nowMillis, List<Notice> notices) {
        if (!followed.track().over()) {
            Concern last = followed.last();
            follow(subject, new Concern(last.alert().cleared(Math.max(atMillis, 1))), nowMillis, notices);
        }
    }

    int size() {
        return tracks.size();
    }
}
