package dev.penstock.server.alerting;

import dev.penstock.core.Glob;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.About;
import java.util.List;
import java.util.regex.Pattern;

/// Which receivers are told of what. Immutable.
final class Routing {
    private record Line(About about, Pattern models, String receiver) {}

    private final List<Line> lines;

    Routing(List<AlertsConfig.Rule> rules) {
        this.lines = rules.stream()
                .map(rule -> new Line(rule.about(), Glob.pattern(rule.models()), rule.receiver()))
                .toList();
    }

    /// Each once, in the order of the rules.
    List<String> of(Concern concern) {
        return lines.stream()
                .filter(line -> line.about() == About.WARNING || (line.about() == About.CRITICAL && concern.critical()))
                .filter(line -> line.models().matcher(concern.key().name()).matches())
                .map(Line::receiver)
                .distinct()
                .toList();
    }

    /// Who is told what happens to a route: who is told of critical alerts of a model of that name.
    List<String> ofRoute(String route) {
        return lines.stream()
                .filter(line -> line.about() == About.WARNING || line.about() == About.CRITICAL)
                .filter(line -> line.models().matcher(route).matches())
                .map(Line::receiver)
                .distinct()
                .toList();
    }

    /// Who is told that a model should be trained again.
    List<String> ofRetraining(String model) {
        return lines.stream()
                .filter(line -> line.about() == About.RETRAINING)
                .filter(line -> line.models().matcher(model).matches())
                .map(Line::receiver)
                .distinct()
                .toList();
    }
}
