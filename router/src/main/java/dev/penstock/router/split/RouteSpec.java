package dev.penstock.router.split;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ModelName;
import dev.penstock.core.Murmur3;
import dev.penstock.core.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which arm answers whom, as people write it. Immutable and valid as far as that can be told without the
/// models.
///
/// @param name what clients call as a model: a model's own name, in whose place the route stands for requests
///     that name no version, or a new one
/// @param match all of it must hold, else the default arm answers; empty for all requests
/// @param unit where the unit is found: the first that the request has; empty for a new one with each
///     request
/// @param salt decides with the unit which bucket it gets; another one deals all units anew
/// @param standard the default arm, which has all that no candidate has
/// @param candidates in order: those who come later have their blocks behind the earlier ones' maximum
///     weights
/// @param overrides the first whose conditions all hold wins
/// @param fallback [FallbackSpec#NONE] unless asked for
/// @param rolled what rollouts made of it
public record RouteSpec(
        String name,
        List<Condition> match,
        List<UnitSource> unit,
        String salt,
        ArmSpec standard,
        List<CandidateSpec> candidates,
        List<OverrideSpec> overrides,
        List<ShadowSpec> shadows,
        FallbackSpec fallback,
        Assignment assignment,
        Rolled rolled) {
    /// What all units are dealt to; a basis point of weight is one.
    public static final int BUCKETS = 10_000;

    /// Arms of one route, its shadows included: each is a label of metrics.
    public static final int MAX_ARMS = 32;

    /// Conditions, sources of units and overrides: every request looks at all of them.
    public static final int MAX_RULES = 32;

    private static final int MAX_SALT = 128;
    private static final String ARM = "arm";
    private static final FieldPath CANDIDATES = FieldPath.of("candidates");

    /// @throws ServingException with INVALID_ARGUMENT, naming the field
    public RouteSpec {
        match = List.copyOf(match);
        unit = List.copyOf(unit);
        candidates = List.copyOf(candidates);
        overrides = List.copyOf(overrides);
        shadows = List.copyOf(shadows);
        Spec.check(ModelName.isValid(name), "name", name, "what may be a model's name");
        Spec.check(
                !salt.isEmpty() && salt.length() <= MAX_SALT && Spec.isPrintable(salt) && salt.indexOf(';') < 0,
                "salt",
                salt,
                "1 to " + MAX_SALT + " visible ASCII characters other than ';'");
        few(FieldPath.of("match"), match);
        few(FieldPath.of("unit"), unit);
        few(FieldPath.of("overrides"), overrides);
        Set<String> serving = checkArms(standard, candidates, shadows);
        checkWeights(candidates, assignment);
        for (int i = 0; i < overrides.size(); i++) {
            FieldPath override = FieldPath.of("overrides").element(i);
            few(override.field("when"), overrides.get(i).when());
            isOne(override.field(ARM), overrides.get(i).arm(), serving);
        }
        if (!fallback.isNone()) {
            isOne(FieldPath.of("fallback").field(ARM), fallback.arm(), serving);
        }
    }

    /// A route that gives everything to its default arm, sticky by `x-penstock-unit` once it has candidates.
    public static RouteSpec of(String name, ArmSpec standard) {
        return new RouteSpec(
                name,
                List.of(),
                UnitSource.STANDARD,
                standardSalt(name),
                standard,
                List.of(),
                List.of(),
                List.of(),
                FallbackSpec.NONE,
                Assignment.ANCHORED,
                Rolled.NEVER);
    }

    /// That of routes which do not say otherwise. Characters that may be in a name but not in a salt are left
    /// out; what is left says by a number which name it was, as two routes are not to deal alike.
    public static String standardSalt(String name) {
        StringBuilder salt = new StringBuilder();
        name.chars()
                .filter(character -> character > ' ' && character < 0x7f && character != ';')
                .limit(MAX_SALT - 12L)
                .forEach(character -> salt.append((char) character));
        if (salt.length() < name.length()) {
            salt.append("~%08x".formatted(name.hashCode()));
        }
        return salt.append("/v1").toString();
    }

    /// Those who may answer: the default arm, then the candidates.
    public List<ArmSpec> arms() {
        List<ArmSpec> arms = new ArrayList<>();
        arms.add(standard);
        candidates.forEach(candidate -> arms.add(candidate.arm()));
        return List.copyOf(arms);
    }

    /// Stands for the shares that the arms have, and how they have them: another number once one of them
    /// changes, the same on every replica. Who answers for an arm is not in it.
    public long epoch() {
        StringBuilder shares = new StringBuilder();
        shares.append(assignment).append(' ').append(standard.name());
        for (CandidateSpec candidate : candidates) {
            shares.append(' ')
                    .append(candidate.arm().name())
                    .append(' ')
                    .append(candidate.weight())
                    .append(' ')
                    .append(candidate.maxWeight());
        }
        return Murmur3.hash(shares.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// What is left for the default arm, in basis points.
    public int standardWeight() {
        return BUCKETS - candidates.stream().mapToInt(CandidateSpec::weight).sum();
    }

    /// The same with another weight for one candidate.
    ///
    /// @throws ServingException if there is no such candidate, or it cannot have that weight
    public RouteSpec withWeight(String arm, int basisPoints) {
        List<CandidateSpec> edited = new ArrayList<>(candidates);
        for (int i = 0; i < edited.size(); i++) {
            if (edited.get(i).arm().name().equals(arm)) {
                edited.set(i, edited.get(i).withWeight(basisPoints));
                return withCandidates(edited);
            }
        }
        throw Spec.invalid(
                ARM,
                arm,
                "a candidate of route '%s': %s"
                        .formatted(
                                name,
                                candidates.stream()
                                        .map(candidate -> candidate.arm().name())
                                        .toList()));
    }

    public RouteSpec withStandard(ArmSpec arm) {
        return new RouteSpec(
                name, match, unit, salt, arm, candidates, overrides, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withCandidates(List<CandidateSpec> others) {
        return new RouteSpec(
                name, match, unit, salt, standard, others, overrides, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withMatch(List<Condition> others) {
        return new RouteSpec(
                name, others, unit, salt, standard, candidates, overrides, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withUnit(List<UnitSource> others) {
        return new RouteSpec(
                name, match, others, salt, standard, candidates, overrides, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withSalt(String other) {
        return new RouteSpec(
                name, match, unit, other, standard, candidates, overrides, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withOverrides(List<OverrideSpec> others) {
        return new RouteSpec(
                name, match, unit, salt, standard, candidates, others, shadows, fallback, assignment, rolled);
    }

    public RouteSpec withShadows(List<ShadowSpec> others) {
        return new RouteSpec(
                name, match, unit, salt, standard, candidates, overrides, others, fallback, assignment, rolled);
    }

    public RouteSpec withFallback(FallbackSpec other) {
        return new RouteSpec(
                name, match, unit, salt, standard, candidates, overrides, shadows, other, assignment, rolled);
    }

    public RouteSpec withAssignment(Assignment other) {
        return new RouteSpec(
                name, match, unit, salt, standard, candidates, overrides, shadows, fallback, other, rolled);
    }

    /// Of another rollout, or of the same one while it runs otherwise.
    public RouteSpec withRolled(Rolled other) {
        return new RouteSpec(
                name, match, unit, salt, standard, candidates, overrides, shadows, fallback, assignment, other);
    }

    /// See [Rolled#id].
    public String rollout() {
        return rolled.id();
    }

    /// See [Rolled#observed].
    public boolean observed() {
        return rolled.observed();
    }

    /// The route as a person wants it. Only rollouts say what is theirs, and whoever changes an arm of theirs
    /// takes it over.
    ///
    /// @param before as it was
    public RouteSpec editedFrom(RouteSpec before) {
        return withRolled(before.rolled.only(arm -> before.candidate(arm).equals(candidate(arm))
                && before.shadow(arm).equals(shadow(arm))));
    }

    /// The candidate of that name.
    public Optional<CandidateSpec> candidate(String arm) {
        return candidates.stream().filter(each -> each.arm().name().equals(arm)).findFirst();
    }

    /// The shadow of that name.
    public Optional<ShadowSpec> shadow(String arm) {
        return shadows.stream().filter(each -> each.arm().name().equals(arm)).findFirst();
    }

    private static void few(FieldPath path, List<?> rules) {
        Spec.check(rules.size() <= MAX_RULES, path, rules.size() + " entries", "at most " + MAX_RULES + " entries");
    }

    private static void isOne(FieldPath path, String arm, Set<String> arms) {
        Spec.together(
                arms.contains(arm),
                path,
                arm,
                "one of " + arms.stream().sorted().toList());
    }

    /// @return the names of those who may answer
    private static Set<String> checkArms(ArmSpec standard, List<CandidateSpec> candidates, List<ShadowSpec> shadows) {
        Set<String> names = new HashSet<>();
        names.add(standard.name());
        add(names, CANDIDATES, candidates.stream().map(CandidateSpec::arm).toList());
        Set<String> serving = Set.copyOf(names);
        add(
                names,
                FieldPath.of("shadows"),
                shadows.stream().map(ShadowSpec::arm).toList());
        Spec.together(names.size() <= MAX_ARMS, CANDIDATES, names.size() + " arms", "at most " + MAX_ARMS);
        return serving;
    }

    private static void add(Set<String> names, FieldPath list, List<ArmSpec> arms) {
        for (int i = 0; i < arms.size(); i++) {
            String name = arms.get(i).name();
            FieldPath path = list.element(i).field(ARM);
            Spec.together(names.add(name), path, name, "a name that no other arm of the route has");
        }
    }

    private static void checkWeights(List<CandidateSpec> candidates, Assignment assignment) {
        int sum = candidates.stream().mapToInt(CandidateSpec::weight).sum();
        Spec.together(
                sum <= BUCKETS, CANDIDATES, "weight " + Spec.percent(sum) + " together", "at most 100%, all units");
        if (assignment == Assignment.RENDEZVOUS) {
            // Nobody has room of its own.
            return;
        }
        int most = candidates.stream().mapToInt(CandidateSpec::maxWeight).sum();
        Spec.together(
                most <= BUCKETS,
                CANDIDATES,
                "maxWeight " + Spec.percent(most) + " together",
                "at most 100%, so that each has room");
    }
}
