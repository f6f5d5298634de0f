package dev.penstock.loadtest.run;

import dev.penstock.loadtest.scenario.Sweep;
import dev.penstock.loadtest.scenario.Sweep.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tries settings of a model, one after the other, and puts them back as they were.
final class Sweeper {
    /// What is done with each combination of settings.
    interface Trial {
        /// @return whether to go on with the next
        boolean run(Map<String, String> settings);
    }

    private final ModelSettings server;
    private final StageView view;
    private Optional<String> left = Optional.empty();

    Sweeper(ModelSettings server, StageView view) {
        this.server = server;
        this.view = view;
    }

    /// @throws SettingsException if the server does not let settings be changed
    void run(Sweep sweep, Trial trial) {
        ModelSettings.Saved saved = server.save(sweep.model());
        boolean changed = false;
        String last = "";
        try {
            for (Map<Setting, Long> combination : sweep.combinations()) {
                last = words(named(combination));
                view.say("settings of " + sweep.model() + ": " + last);
                try {
                    server.change(saved, combination);
                } catch (SettingsException e) {
                    changed |= !e.isRefused();
                    throw e;
                }
                changed = true;
                server.check(saved, combination);
                if (!trial.run(named(combination))) {
                    break;
                }
            }
        } finally {
            // A server that did not let them be changed is not asked again: it would load the model.
            if (changed) {
                putBack(saved, last);
            }
        }
    }

    /// Throws nothing: that the trial failed, if it did, is not to be hidden.
    private void putBack(ModelSettings.Saved saved, String last) {
        String settings = "settings of " + saved.model();
        try {
            server.restore(saved);
            view.say(settings + ": put back as they were");
        } catch (SettingsException e) {
            String finding = "The " + settings + " could NOT be put back: it may still run with " + last + ". ("
                    + e.getMessage() + ")";
            left = Optional.of(finding);
            view.say(finding);
        }
    }

    /// What is to be said if a model could not be put back as it was.
    Optional<String> left() {
        return left;
    }

    private static Map<String, String> named(Map<Setting, Long> combination) {
        Map<String, String> named = new LinkedHashMap<>();
        combination.forEach((setting, value) -> named.put(setting.key(), Long.toString(value)));
        return named;
    }

    static String words(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
