package dev.penstock.server.config;

import dev.penstock.server.config.AlertsConfig.About;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How receivers and rules of alerts are written: words with spaces between them.
final class AlertTexts {
    static final ValueKind<Receiver> RECEIVER = ValueKind.one(
            "RECEIVER",
            "'NAME webhook|webhook-binary|alertmanager URL', such as 'ops webhook https://ops.example.org/hook'",
            AlertTexts::receiver,
            receiver -> "%s %s %s".formatted(receiver.name(), lower(receiver.form()), receiver.uri()));

    static final ValueKind<Rule> RULE = ValueKind.one(
            "RULE",
            "'warning|critical|retraining MODEL RECEIVER', such as 'critical fraud* ops'",
            AlertTexts::rule,
            rule -> "%s %s %s".formatted(lower(rule.about()), rule.models(), rule.receiver()));

    private static final int WORDS = 3;

    private AlertTexts() {}

    private static @Nullable Receiver receiver(String text) {
        List<String> words = words(text);
        if (words.size() != WORDS || !words.getFirst().matches("[a-z0-9][a-z0-9-]{0,62}")) {
            return null;
        }
        Form form = constant(Form.values(), words.get(1));
        URI uri = uri(words.getLast());
        return form == null || uri == null ? null : new Receiver(words.getFirst(), form, uri);
    }

    private static @Nullable Rule rule(String text) {
        List<String> words = words(text);
        if (words.size() != WORDS) {
            return null;
        }
        About about = constant(About.values(), words.getFirst());
        return about == null ? null : new Rule(about, words.get(1), words.getLast());
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }

    private static @Nullable URI uri(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme());
            boolean http = scheme.equals("http") || scheme.equals("https");
            return http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null
                    ? uri
                    : null;
        } catch (URISyntaxException _) {
            return null;
        }
    }

    private static <E extends Enum<E>> @Nullable E constant(E[] all, String text) {
        for (E one : all) {
            if (lower(one).equals(text)) {
                return one;
            }
        }
        return null;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
