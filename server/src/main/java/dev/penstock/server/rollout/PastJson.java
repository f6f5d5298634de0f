package dev.penstock.server.rollout;

import dev.penstock.router.bandit.OffPolicyRewards;
import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.Foremost;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.Staked;
import dev.penstock.router.evidence.StakedBets;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.PairEvidence;
import dev.penstock.router.rollout.Past;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a rollout's epochs said that are not kept any more, as JSON. Infinity, which JSON has not, is text.
/// Pure.
final class PastJson {
    private PastJson() {}

    static void write(ObjectNode node, Past past) {
        node.set("totals", StateJson.epochs(past.totals()));
        ObjectNode evidence = node.putObject("evidence");
        past.evidence().forEach((arm, one) -> write(evidence.putObject(arm), one));
        node.put("mismatch", text(past.mismatchLogE()));
        writeEarned(node.putObject("rewards"), past.rewards());
        writeEarned(node.putObject("right"), past.right());
        ObjectNode told = node.putObject("told");
        past.told().forEach((arm, one) -> ToldJson.write(told.putObject(arm), one));
        PartJson.write(node.putObject("part"), past.part());
    }

    private static void writeEarned(ObjectNode node, Map<String, OffPolicyRewards> earned) {
        earned.forEach((arm, one) -> {
            write(node.putObject(arm).putObject("rewards"), one.rewards());
            write(node.withObject(arm).putObject("weights"), one.weights());
        });
    }

    private static void write(ObjectNode node, PairEvidence evidence) {
        ObjectNode failures = node.putObject("failures");
        evidence.failures().forEach((bet, bets) -> write(failures.putArray(bet.name()), bets));
        ObjectNode staked = node.putObject("staked");
        evidence.staked().forEach((bet, parts) -> {
            ObjectNode ofBet = staked.putObject(bet.name());
            write(ofBet.putObject("all"), parts.all());
            write(ofBet.putObject("step"), parts.ofStep());
        });
        write(node.putObject("slower"), evidence.slower());
        write(node.putObject("notSlower"), evidence.notSlower());
        node.putArray("differs")
                .add(text(evidence.differs().most()))
                .add(evidence.differs().steps());
    }

    private static void write(ObjectNode node, StakedBets staked) {
        node.put("parts", staked.parts());
        if (staked.parts() > 0) {
            write(node.putArray("bets"), staked.bets());
        }
    }

    private static void write(ArrayNode node, FailureBets bets) {
        bets.toList().forEach(log -> node.add(text(log)));
    }

    private static void write(ObjectNode node, Map<String, Staked> staked) {
        staked.forEach((metric, one) ->
                node.putArray(metric).add(text(one.logStaked())).add(one.steps()));
    }

    private static void write(ObjectNode node, JackknifeSums sums) {
        ArrayNode counts = node.putArray("counts");
        Arrays.stream(sums.counts()).forEach(counts::add);
        ArrayNode values = node.putArray("sums");
        Arrays.stream(sums.sums()).forEach(values::add);
    }

    private static String text(double value) {
        return Double.toString(value);
    }

    static Past read(JsonNode node) {
        if (node.isMissingNode()) {
            return Past.NONE;
        }
        List<Epoch> totals = StateJson.epochs(node.path("totals"));
        Map<String, PairEvidence> evidence = new HashMap<>();
        node.path("evidence").properties().forEach(each -> evidence.put(each.getKey(), evidence(each.getValue())));
        return new Past(
                totals,
                evidence,
                number(node.path("mismatch")),
                earned(node.path("rewards")),
                earned(node.path("right")),
                node.has("told") ? ToldJson.read(node.path("told")) : ToldJson.of(totals),
                PartJson.read(node.path("part")));
    }

    private static Map<String, OffPolicyRewards> earned(JsonNode node) {
        Map<String, OffPolicyRewards> earned = new HashMap<>();
        node.properties()
                .forEach(each -> earned.put(
                        each.getKey(),
                        new OffPolicyRewards(
                                sums(each.getValue().path("rewards")),
                                sums(each.getValue().path("weights")))));
        return earned;
    }

    private static PairEvidence evidence(JsonNode node) {
        Map<PairEvidence.Bet, FailureBets> failures = new EnumMap<>(PairEvidence.Bet.class);
        node.path("failures")
                .properties()
                .forEach(each -> failures.put(PairEvidence.Bet.valueOf(each.getKey()), bets(each.getValue())));
        Map<PairEvidence.Bet, PairEvidence.Parts> parts = new EnumMap<>(PairEvidence.Bet.class);
        node.path("staked")
                .properties()
                .forEach(each -> parts.put(
                        PairEvidence.Bet.valueOf(each.getKey()),
                        new PairEvidence.Parts(
                                stakedBets(each.getValue().path("all")),
                                stakedBets(each.getValue().path("step")))));
        return new PairEvidence(
                failures,
                parts,
                staked(node.path("slower")),
                staked(node.path("notSlower")),
                new Foremost(
                        number(node.path("differs").path(0)),
                        node.path("differs").path(1).asLong()));
    }

    private static FailureBets bets(JsonNode node) {
        return FailureBets.of(node.valueStream().map(PastJson::number).toList());
    }

    private static StakedBets stakedBets(JsonNode node) {
        long parts = node.path("parts").asLong();
        return parts == 0 ? StakedBets.NONE : new StakedBets(bets(node.path("bets")), parts);
    }

    private static Map<String, Staked> staked(JsonNode node) {
        Map<String, Staked> staked = new HashMap<>();
        node.properties()
                .forEach(each -> staked.put(
                        each.getKey(),
                        new Staked(
                                number(each.getValue().path(0)),
                                each.getValue().path(1).asLong())));
        return staked;
    }

    private static JackknifeSums sums(JsonNode node) {
        long[] counts = new long[JackknifeSums.GROUPS];
        double[] sums = new double[JackknifeSums.GROUPS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = node.path("counts").path(i).asLong();
            sums[i] = node.path("sums").path(i).asDouble();
        }
        return JackknifeSums.of(counts, sums);
    }

    private static double number(JsonNode text) {
        return Double.parseDouble(text.asString());
    }
}
