package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Mode;
import dev.penstock.router.rollout.Otherwise;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.routing.Share;
import dev.penstock.server.routing.TargetText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Rollouts as JSON, and as the YAML that says the same. What is written here is read back as it was; what is
/// left out stands for its default. Pure.
public final class RolloutJson {
    /// The default arm of a route that is made for a rollout.
    public static final String USUAL_CONTROL = "stable";

    /// The arm of a candidate without a name of its own.
    static final String CANARY = "canary";

    private static final List<String> KNOWN = List.of(
            "route",
            "control",
            "candidate",
            "candidates",
            "strategy",
            "steps",
            "metrics",
            "alpha",
            "mode",
            "settle",
            "minRequests",
            "maxDuration",
            "onInconclusive",
            "onDeadline",
            "objective",
            "inspectFor",
            "bandit",
            "rearm");

    private RolloutJson() {}

    /// What a person asks for.
    ///
    /// @param rearm whether a version may be rolled out that was rolled back before
    /// @param namesControl whether it says itself which arm is the default one
    public record Order(RolloutSpec spec, boolean rearm, boolean namesControl) {}

    /// @param control the default arm's name, for a rollout that does not name it
    /// @throws ServingException if it is none, naming the field
    public static Order read(JsonNode node, String control) {
        Fields fields = Fields.of(node, KNOWN);
        Strategy strategy = word(fields, "strategy", Strategy.CANARY, List.of(Strategy.values()));
        RolloutSpec spec = new RolloutSpec(
                fields.text("route"),
                fields.text("control", control),
                candidates(fields),
                strategy,
                steps(fields, strategy),
                MetricJson.read(fields, strategy),
                rules(fields, strategy),
                bandit(fields, strategy));
        return new Order(spec, Texts.flag(fields, "rearm", false), fields.has("control"));
    }

    private static List<Candidate> candidates(Fields fields) {
        if (fields.has("candidate") == fields.has("candidates")) {
            throw fields.has("candidate")
                    ? ServingException.of(
                            Mistake.needless(FieldPath.of("candidate"), "none, as there is a list of candidates"))
                    : Fields.missing("candidate", "such as fraud@8, or a list of candidates");
        }
        if (fields.has("candidate")) {
            return List.of(candidate(FieldPath.of("candidate"), fields.text("candidate"), CANARY));
        }
        return fields.list("candidates", RolloutJson::candidate);
    }

    private static Candidate candidate(JsonNode node) {
        if (!node.isObject()) {
            String text = Fields.text(node, FieldPath.HERE);
            return candidate(FieldPath.HERE, text, text.replace('@', '-'));
        }
        Fields fields = Fields.of(node, List.of("arm", "version"));
        return candidate(FieldPath.of("version"), fields.text("version"), fields.text("arm"));
    }

    private static Candidate candidate(FieldPath where, String text, String arm) {
        Target target = TargetText.parse(where, text);
        if (target.version() == 0) {
            throw Fields.invalid(where, text, "a model and the number of a version, such as fraud@8");
        }
        return new Candidate(arm, target.model(), target.version());
    }

    private static List<StepSpec> steps(Fields fields, Strategy strategy) {
        if (!fields.has("steps")) {
            return RolloutSpec.standardSteps(strategy);
        }
        List<StepSpec> steps = new ArrayList<>(fields.list("steps", RolloutJson::step));
        JsonNode all = fields.get("steps");
        int last = lastCompared(steps);
        if (all != null
                && last >= 0
                && strategy == Strategy.CANARY
                && !all.path(last).has("require")) {
            steps.set(last, steps.get(last).with(Require.PROVEN));
        }
        return steps;
    }

    /// The last step in which both arms have a share, so that anything can be proven; -1 for none.
    private static int lastCompared(List<StepSpec> steps) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i).compares()) {
                return i;
            }
        }
        return -1;
    }

    private static StepSpec step(JsonNode element) {
        Fields step = Fields.of(
                element,
                List.of(
                        "weight",
                        "shadow",
                        "for",
                        "soak",
                        "minDuration",
                        "maxDuration",
                        "minRequests",
                        "require",
                        "approve"));
        Duration least = Texts.duration(
                step, "minDuration", Texts.duration(step, "for", Texts.duration(step, "soak", Duration.ofMinutes(10))));
        return new StepSpec(
                step.share("weight", 0),
                step.share("shadow", 0),
                least,
                Texts.duration(step, "maxDuration", Duration.ZERO),
                (long) step.number("minRequests", 0),
                word(step, "require", Require.NOT_WORSE, List.of(Require.values())),
                Texts.flag(step, "approve", false));
    }

    private static Rules rules(Fields fields, Strategy strategy) {
        Rules usual = Rules.STANDARD;
        Otherwise deadline =
                strategy == Strategy.EXPERIMENT || strategy == Strategy.BANDIT ? Otherwise.ADVANCE : usual.onDeadline();
        return new Rules(
                fields.number("alpha", usual.alpha()),
                word(fields, "mode", usual.mode(), List.of(Mode.values())),
                Texts.duration(fields, "settle", usual.settle()),
                (long) fields.number("minRequests", (double) usual.minRequests()),
                Texts.duration(fields, "maxDuration", usual.maxDuration()),
                word(fields, "onInconclusive", usual.onInconclusive(), List.of(Otherwise.values())),
                word(fields, "onDeadline", deadline, List.of(Otherwise.values())),
                Texts.part(fields, "objective", usual.objective()),
                Texts.duration(fields, "inspectFor", usual.inspectFor()));
    }

    private static BanditSpec bandit(Fields fields, Strategy strategy) {
        JsonNode node = fields.get("bandit");
        BanditSpec usual = BanditSpec.STANDARD;
        if (node == null) {
            return usual;
        }
        if (strategy != Strategy.BANDIT) {
            String expected = "none, as the strategy is " + Texts.camel(strategy);
            throw ServingException.of(Mistake.needless(FieldPath.of("bandit"), expected));
        }
        return Fields.within(FieldPath.of("bandit"), () -> bandit(node, usual));
    }

    private static BanditSpec bandit(JsonNode node, BanditSpec usual) {
        Fields bandit =
                Fields.of(node, List.of("policy", "floor", "maxStep", "updateInterval", "minFeedback", "epsilon"));
        return new BanditSpec(
                word(bandit, "policy", usual.policy(), List.of(BanditSpec.Policy.values())),
                bandit.share("floor", usual.floor()),
                bandit.share("maxStep", usual.maxStep()),
                Texts.duration(bandit, "updateInterval", usual.updateInterval()),
                (long) bandit.number("minFeedback", (double) usual.minFeedback()),
                bandit.number("epsilon", usual.epsilon()));
    }

    private static <E extends Enum<E>> E word(Fields fields, String name, E usual, List<E> values) {
        return fields.has(name) ? Fields.word(FieldPath.of(name), fields.text(name), values, Texts::camel) : usual;
    }

    /// What [#read] reads, nothing left out.
    public static ObjectNode write(RolloutSpec spec) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("route", spec.route()).put("control", spec.control());
        ArrayNode candidates = node.putArray("candidates");
        for (Candidate candidate : spec.candidates()) {
            candidates.addObject().put("arm", candidate.arm()).put("version", candidate.toString());
        }
        node.put("strategy", Texts.camel(spec.strategy()));
        ArrayNode steps = node.putArray("steps");
        spec.steps().forEach(step -> write(steps.addObject(), step));
        MetricJson.write(node.putArray("metrics"), spec.metrics());
        Rules rules = spec.rules();
        node.put("alpha", rules.alpha())
                .put("mode", Texts.camel(rules.mode()))
                .put("settle", Texts.of(rules.settle()))
                .put("minRequests", rules.minRequests())
                .put("maxDuration", Texts.of(rules.maxDuration()))
                .put("onInconclusive", Texts.camel(rules.onInconclusive()))
                .put("onDeadline", Texts.camel(rules.onDeadline()))
                .put("objective", rules.objective())
                .put("inspectFor", Texts.of(rules.inspectFor()));
        if (spec.strategy() == Strategy.BANDIT) {
            write(node.putObject("bandit"), spec.bandit());
        }
        return node;
    }

    private static void write(ObjectNode node, StepSpec step) {
        node.put("weight", Share.text(step.weight()));
        if (step.shadow() > 0) {
            node.put("shadow", Share.text(step.shadow()));
        }
        node.put("minDuration", Texts.of(step.minDuration()));
        if (!step.maxDuration().isZero()) {
            node.put("maxDuration", Texts.of(step.maxDuration()));
        }
        if (step.minRequests() > 0) {
            node.put("minRequests", step.minRequests());
        }
        node.put("require", Texts.camel(step.require()));
        if (step.approve()) {
            node.put("approve", true);
        }
    }

    private static void write(ObjectNode node, BanditSpec bandit) {
        node.put("policy", Texts.camel(bandit.policy()))
                .put("floor", Share.text(bandit.floor()))
                .put("maxStep", Share.text(bandit.maxStep()))
                .put("updateInterval", Texts.of(bandit.updateInterval()))
                .put("minFeedback", bandit.minFeedback());
        if (bandit.policy() == BanditSpec.Policy.EPSILON_GREEDY) {
            node.put("epsilon", bandit.epsilon());
        }
    }

    /// In lower case, for a record's columns.
    static String phase(@Nullable Enum<?> phase) {
        return phase == null ? "" : phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
