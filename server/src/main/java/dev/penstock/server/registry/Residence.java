package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import java.util.Map;
import java.util.Set;

/// Whether a configuration wants its model in memory all the time. Pure.
///
/// @param wish when it is to be loaded
/// @param pinned whether it stays once it is in memory, whoever needs its room
record Residence(Wish wish, boolean pinned) {
    /// `true` loads a version when it is asked for, `false` as soon as it may serve.
    static final String ON_DEMAND_PARAMETER = "on_demand";

    /// `true` keeps a version that was loaded on demand.
    static final String PINNED_PARAMETER = "pinned";

    static final Set<String> PARAMETERS = Set.of(ON_DEMAND_PARAMETER, PINNED_PARAMETER);

    private static final Map<String, Wish> WISHES =
            Map.of("", Wish.UNSAID, "true", Wish.ON_DEMAND, "false", Wish.ALWAYS);

    /// When to load it.
    enum Wish {
        UNSAID,
        ALWAYS,
        ON_DEMAND
    }

    /// @throws ModelLoadException if the configuration says something that cannot be
    static Residence of(ModelConfig config) {
        Wish pinned = wish(config, PINNED_PARAMETER);
        return new Residence(wish(config, ON_DEMAND_PARAMETER), pinned == Wish.ON_DEMAND);
    }

    private static Wish wish(ModelConfig config, String parameter) {
        String text = config.containsParameters(parameter)
                ? config.getParametersOrThrow(parameter).getStringValue()
                : "";
        Wish wish = WISHES.get(text);
        if (wish == null) {
            throw new ModelLoadException(
                    "parameter '%s': string_value '%s' (expected: true or false)".formatted(parameter, text));
        }
        return wish;
    }

    /// @param otherwise what the server says of models that do not
    boolean onDemand(boolean otherwise) {
        return switch (wish) {
            case UNSAID -> otherwise;
            case ALWAYS -> false;
            case ON_DEMAND -> true;
        };
    }
}
