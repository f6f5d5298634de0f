package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.UnitSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Arms as they are written on a command line: `canary=fraud@8:5%/50%`. Puts them into a route's JSON. Pure.
public final class CandidateText {
    private static final Pattern CANDIDATE =
            Pattern.compile("(?<arm>[^=]+)=(?<target>.+?)(:(?<share>[0-9.]+ ?(%|bp)?)(/(?<most>[0-9.]+ ?(%|bp)?))?)?");

    private CandidateText() {}

    /// @param text `TARGET` or `ARM=TARGET`
    /// @throws ServingException if it is neither
    public static void standard(ObjectNode route, String text) {
        int equals = text.indexOf('=');
        String arm = equals < 0 ? RouteJson.DEFAULT_ARM : text.substring(0, equals);
        route.putObject("default")
                .put("arm", arm)
                .put("target", TargetText.of(TargetText.parse(FieldPath.of("--default"), text.substring(equals + 1))));
    }

    /// @param text `header=x-user-id` and the like, or `requestId`
    /// @throws ServingException if it is none
    public static void unit(ArrayNode units, String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            units.add(text);
        } else {
            units.addObject().put(text.substring(0, equals), text.substring(equals + 1));
        }
        UnitSource _ = Fields.within(FieldPath.of("--unit"), () -> UnitJson.read(units.get(units.size() - 1)));
    }

    /// @param of how many there are: the only one may have all units, several have to say
    /// @throws ServingException if it is none
    public static void candidate(ObjectNode candidate, String text, int of) {
        FieldPath option = FieldPath.of("--candidate " + text);
        Matcher parts = CANDIDATE.matcher(text);
        if (!parts.matches()) {
            throw ServingException.invalid(
                    "--candidate: '%s' (expected: ARM=TARGET[:SHARE[/MOST]], such as canary=fraud@8:5%%)"
                            .formatted(text));
        }
        candidate
                .put("arm", parts.group("arm"))
                .put("target", TargetText.of(TargetText.parse(option, parts.group("target"))));
        String share = parts.group("share");
        String most = parts.group("most");
        candidate.put("weight", Share.text(share == null ? 0 : Share.parse(option, share)));
        if (most != null) {
            candidate.put("maxWeight", Share.text(Share.parse(option, most)));
        } else if (of > 1) {
            throw ServingException.invalid(
                    "--candidate: '%s' does not say what it may grow to (expected: with several candidates each does, such as %s/50%%)"
                            .formatted(text, share == null ? text + ":0%" : text));
        }
    }
}
