package dev.penstock.server.config;

import dev.penstock.core.Check;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is told of alerts, and when.
///
/// @param rules which of them go where; with none, every receiver gets all of them
/// @param allowedHosts that receivers may be on: `host`, `host:port` or `*.suffix`
/// @param secretsFolder with what events are signed with, a file for each receiver
/// @param renotifyEvery how often an alert that stays is told again; zero for never
/// @param cooldown after an alert was told, how long the next one of the same kind and version waits
/// @param timeout of one attempt
/// @param retryFor how long an event is tried
/// @param queueSize events that may wait for one receiver
public record AlertsConfig(
        List<Receiver> receivers,
        List<Rule> rules,
        List<String> allowedHosts,
        Optional<Path> secretsFolder,
        Duration renotifyEvery,
        Duration cooldown,
        Duration timeout,
        Duration retryFor,
        int queueSize,
        Retraining retraining) {
    /// Nobody is told.
    public static final AlertsConfig OFF = new AlertsConfig(
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Duration.ofHours(1),
            Duration.ZERO,
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            1,
            new Retraining(List.of(), Duration.ofHours(24), Approval.MANUAL));

    /// What a receiver understands.
    public enum Form {
        /// CloudEvents with the event's attributes in the body.
        WEBHOOK,
        /// CloudEvents with the event's attributes in headers.
        WEBHOOK_BINARY,
        /// Alertmanager's API, version 2.
        ALERTMANAGER
    }

    /// What a rule is about.
    public enum About {
        /// Alerts that are at least a warning.
        WARNING,
        CRITICAL,
        /// That a model should be trained again.
        RETRAINING
    }

    /// What must be wrong for a model to be trained again.
    public enum Need {
        INPUT_DRIFT,
        OUTPUT_DRIFT,
        QUALITY_DROP
    }

    /// Who decides that a model is trained again.
    public enum Approval {
        /// A person.
        MANUAL,
        /// Nobody is asked.
        NONE
    }

    /// @param name lower case, short enough for a file
    public record Receiver(String name, Form form, URI uri) {}

    /// @param models a name, with `*` for any text in it
    /// @param receiver its name
    public record Rule(About about, String models, String receiver) {}

    /// @param requires all that must be wrong at the same time; none if a critical alert is enough
    /// @param cooldown before the same model is asked for again
    public record Retraining(List<Need> requires, Duration cooldown, Approval approval) {
        public Retraining {
            requires = List.copyOf(requires);
        }
    }

    public AlertsConfig {
        receivers = List.copyOf(receivers);
        rules = List.copyOf(rules);
        allowedHosts = List.copyOf(allowedHosts);
        Set<String> names = new HashSet<>();
        for (Receiver receiver : receivers) {
            Check.argument(names.add(receiver.name()), "alerts.receivers: %s is there twice", receiver.name());
        }
        for (Rule rule : rules) {
            Check.argument(
                    names.contains(rule.receiver()),
                    "alerts.rules: %s (expected: one of alerts.receivers%s)",
                    rule.receiver(),
                    Nearest.hint(rule.receiver(), names));
            Receiver receiver = receiver(receivers, rule.receiver());
            Check.argument(
                    rule.about() != About.RETRAINING || receiver == null || receiver.form() != Form.ALERTMANAGER,
                    "alerts.rules: retraining %s %s (expected: a webhook, not an Alertmanager)",
                    rule.models(),
                    rule.receiver());
        }
        Check.argument(timeout.isPositive(), "alerts.timeout: %s (expected: > 0s)", timeout);
        Check.argument(retryFor.isPositive(), "alerts.retry-for: %s (expected: > 0s)", retryFor);
    }

    public boolean isOn() {
        return !receivers.isEmpty();
    }

    /// Those that are written down, or what goes without saying.
    public List<Rule> rulesInForce() {
        return rules.isEmpty()
                ? receivers.stream()
                        .map(receiver -> new Rule(About.WARNING, "*", receiver.name()))
                        .toList()
                : rules;
    }

    private static @Nullable Receiver receiver(List<Receiver> receivers, String name) {
        return receivers.stream()
                .filter(receiver -> receiver.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
