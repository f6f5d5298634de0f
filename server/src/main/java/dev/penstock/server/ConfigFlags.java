package dev.penstock.server;

import dev.penstock.server.config.Alias;
import dev.penstock.server.config.Assignment;
import dev.penstock.server.config.ConfigReader;
import dev.penstock.server.config.EffectiveConfig;
import dev.penstock.server.config.Key;
import dev.penstock.server.config.Keys;
import dev.penstock.server.config.ListText;
import dev.penstock.server.config.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/// The flags of one command that set configuration keys, made from the table of keys.
final class ConfigFlags {
    private final Surroundings surroundings;
    private final Predicate<Key<?>> shown;
    private final ScopeType scope;
    private final OptionSpec file;
    private final List<Flag> flags = new ArrayList<>();

    /// @param shown which of them the command's help lists
    /// @param scope whether commands of the command take them as well
    ConfigFlags(Surroundings surroundings, Predicate<Key<?>> shown, ScopeType scope) {
        this.surroundings = surroundings;
        this.shown = shown;
        this.scope = scope;
        this.file = OptionSpec.builder("--config")
                .paramLabel("FILE")
                .type(Path.class)
                .hidden(Keys.ALL.stream().noneMatch(shown))
                .scopeType(scope)
                .description("Configuration file. Default: ./penstock.yaml if it is there")
                .build();
        Keys.ALL.forEach(this::addFlagsOf);
    }

    private void addFlagsOf(Key<?> key) {
        List<String> names = new ArrayList<>(List.of(key.flag()));
        List<Flag> others = new ArrayList<>();
        for (Alias alias : key.aliases()) {
            if (alias.unit().isEmpty()) {
                names.add(alias.flag());
            } else {
                // Its values are written differently, so it is an option of its own.
                others.add(new Flag(key, alias, option(key, List.of(alias.flag()), "N")));
            }
        }
        flags.add(new Flag(
                key, new Alias(key.flag(), ""), option(key, names, key.kind().label())));
        flags.addAll(others);
    }

    void addTo(CommandSpec spec) {
        spec.addOption(file);
        flags.forEach(flag -> spec.addOption(flag.option()));
    }

    /// The configuration that these flags, the environment and the file make together. To be called after
    /// parsing.
    ///
    /// @param more assignments that give way to flags only
    EffectiveConfig read(Assignment... more) {
        List<Assignment> assignments = new ArrayList<>(List.of(more));
        for (Flag flag : flags) {
            Assignment assignment = flag.assignment();
            if (assignment != null) {
                assignments.add(assignment);
            }
        }
        Path named = file.getValue();
        return ConfigReader.read(assignments, surroundings.environment(), surroundings.configFile(named));
    }

    private OptionSpec option(Key<?> key, List<String> names, String label) {
        String fallback = key.fallback().isEmpty() ? "none" : key.fallback();
        OptionSpec.Builder option = OptionSpec.builder(names.toArray(String[]::new))
                .paramLabel(label)
                .hidden(!shown.test(key))
                .scopeType(scope)
                // A per cent sign is a format's own.
                .description((key.description() + " Default: " + fallback).replace("%", "%%"));
        if (key.kind().many()) {
            return option.type(List.class).auxiliaryTypes(String.class).build();
        }
        // A flag of true or false may stand alone.
        return key.kind().label().startsWith("true")
                ? option.type(String.class).arity("0..1").fallbackValue("true").build()
                : option.type(String.class).build();
    }

    private record Flag(Key<?> key, Alias spelling, OptionSpec option) {
        private @Nullable Assignment assignment() {
            Object value = option.getValue();
            Origin origin = new Origin(Origin.Source.FLAG, spelling.flag());
            return switch (value) {
                case null -> null;
                case List<?> texts ->
                    new Assignment(
                            key.name(),
                            texts.stream()
                                    .flatMap(text -> ListText.split(key, text.toString()).stream())
                                    .toList(),
                            origin);
                default -> Assignment.of(key.name(), spelling.translate(value.toString()), origin);
            };
        }
    }
}
