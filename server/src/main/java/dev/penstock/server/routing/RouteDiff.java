package dev.penstock.server.routing;

import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What differs between a route and what it becomes. Pure.
final class RouteDiff {
    private RouteDiff() {}

    /// Whether units change arms that would not by their weights, so that what is known of arms is of other
    /// units.
    static boolean reassigns(RouteSpec before, RouteSpec after) {
        if (!before.salt().equals(after.salt())
                || !before.unit().equals(after.unit())
                || before.assignment() != after.assignment()) {
            return true;
        }
        if (after.assignment() == Assignment.RENDEZVOUS) {
            return false;
        }
        Map<String, Block> old = blocks(before);
        Map<String, Block> now = blocks(after);
        return old.entrySet().stream()
                .anyMatch(
                        arm -> now.containsKey(arm.getKey()) && !arm.getValue().equals(now.get(arm.getKey())));
    }

    /// The room of a candidate.
    private record Block(int anchor, int room) {}

    private static Map<String, Block> blocks(RouteSpec route) {
        Map<String, Block> blocks = new HashMap<>();
        int anchor = 0;
        for (CandidateSpec candidate : route.candidates()) {
            blocks.put(candidate.arm().name(), new Block(anchor, candidate.maxWeight()));
            anchor += candidate.maxWeight();
        }
        return blocks;
    }

    /// Whether nothing differs that a rollout changes or judges by: shadows that it made are among that,
    /// others are not.
    static boolean leavesArmsAlone(RouteSpec before, RouteSpec after) {
        return after.withOverrides(before.overrides())
                        .withShadows(before.shadows())
                        .withFallback(before.fallback())
                        .withRolled(before.rolled())
                        .equals(before)
                && before.rolled().arms().stream()
                        .allMatch(arm -> before.shadow(arm).equals(after.shadow(arm)));
    }

    /// In a few words, for the audit log.
    static String words(RouteSpec before, RouteSpec after) {
        List<String> parts = new ArrayList<>();
        if (!before.standard().equals(after.standard())) {
            parts.add("default from %s to %s".formatted(words(before.standard()), words(after.standard())));
        }
        Map<String, CandidateSpec> old = byName(before);
        Map<String, CandidateSpec> now = byName(after);
        for (CandidateSpec candidate : after.candidates()) {
            CandidateSpec was = old.get(candidate.arm().name());
            if (was == null) {
                parts.add("%s new with %s".formatted(words(candidate.arm()), Share.text(candidate.weight())));
            } else if (!was.equals(candidate)) {
                parts.add(changed(was, candidate));
            }
        }
        for (CandidateSpec candidate : before.candidates()) {
            if (!now.containsKey(candidate.arm().name())) {
                parts.add(candidate.arm().name() + " gone");
            }
        }
        others(parts, before, after);
        return parts.isEmpty() ? "order of candidates" : String.join(", ", parts);
    }

    private static String changed(CandidateSpec was, CandidateSpec is) {
        String name = is.arm().name();
        if (!was.arm().equals(is.arm())) {
            return "%s from %s to %s"
                    .formatted(
                            name,
                            TargetText.of(was.arm().target()),
                            TargetText.of(is.arm().target()));
        }
        return was.weight() != is.weight()
                ? "%s from %s to %s".formatted(name, Share.text(was.weight()), Share.text(is.weight()))
                : "room of %s from %s to %s".formatted(name, Share.text(was.maxWeight()), Share.text(is.maxWeight()));
    }

    private static void others(List<String> parts, RouteSpec before, RouteSpec after) {
        add(parts, "match", before.match(), after.match());
        add(parts, "unit", before.unit(), after.unit());
        add(parts, "salt", before.salt(), after.salt());
        add(parts, "overrides", before.overrides(), after.overrides());
        shadows(parts, before.shadows(), after.shadows());
        add(parts, "fallback", before.fallback(), after.fallback());
        add(parts, "assignment", before.assignment(), after.assignment());
    }

    private static void shadows(List<String> parts, List<ShadowSpec> before, List<ShadowSpec> after) {
        int told = parts.size();
        for (ShadowSpec shadow : after) {
            if (before.stream().noneMatch(was -> isNamed(was, shadow))) {
                parts.add("shadow %s new with %s".formatted(words(shadow.arm()), Share.text(shadow.share())));
            } else if (!before.contains(shadow)) {
                parts.add("shadow %s, %s now".formatted(words(shadow.arm()), Share.text(shadow.share())));
            }
        }
        for (ShadowSpec shadow : before) {
            if (after.stream().noneMatch(is -> isNamed(is, shadow))) {
                parts.add("shadow %s gone".formatted(shadow.arm().name()));
            }
        }
        if (parts.size() == told) {
            add(parts, "order of shadows", before, after);
        }
    }

    private static boolean isNamed(ShadowSpec one, ShadowSpec other) {
        return one.arm().name().equals(other.arm().name());
    }

    private static void add(List<String> parts, String what, Object before, Object after) {
        if (!before.equals(after)) {
            parts.add(what);
        }
    }

    /// Of a route that was not there.
    static String words(RouteSpec made) {
        return words(RouteSpec.of(made.name(), made.standard()), made).equals("order of candidates")
                ? "all to " + words(made.standard())
                : "default %s, %s"
                        .formatted(words(made.standard()), words(RouteSpec.of(made.name(), made.standard()), made));
    }

    private static Map<String, CandidateSpec> byName(RouteSpec route) {
        Map<String, CandidateSpec> named = new HashMap<>();
        route.candidates().forEach(candidate -> named.put(candidate.arm().name(), candidate));
        return named;
    }

    private static String words(ArmSpec arm) {
        return "%s (%s)".formatted(arm.name(), TargetText.of(arm.target()));
    }
}
