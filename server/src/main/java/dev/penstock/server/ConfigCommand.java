package dev.penstock.server;

import dev.penstock.server.config.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `penstock config`.
@Command(
        name = "config",
        description = "Print each setting's value and where it came from. Takes the flags of `penstock serve`.")
final class ConfigCommand implements Callable<Integer> {
    private final ConfigFlags flags;
    private final Surroundings surroundings;

    @Option(names = "--format", paramLabel = "table|json", description = "Default: table")
    private OutputFormat format = OutputFormat.TABLE;

    ConfigCommand(ConfigFlags flags, Surroundings surroundings) {
        this.flags = flags;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<Setting> settings = flags.read().settings();
        surroundings
                .out()
                .print(
                        switch (format) {
                            case TABLE -> table(settings);
                            case JSON -> json(settings);
                        });
        return ExitCode.OK;
    }

    private static String table(List<Setting> settings) {
        TextTable table = TextTable.withHeader("KEY", "VALUE", "FROM");
        for (Setting setting : settings) {
            String text = setting.text().isEmpty() ? "-" : setting.text();
            table.add(setting.key().name(), text, setting.origin().toString());
        }
        return table.toString();
    }

    private static String json(List<Setting> settings) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Setting setting : settings) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("key", setting.key().name());
            row.put("value", jsonValue(setting));
            row.put("source", setting.origin().source().name().toLowerCase(Locale.ROOT));
            row.put("where", setting.origin().where());
            rows.add(row);
        }
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(Map.of("settings", rows)) + "\n";
    }

    /// Numbers, truth values and lists as themselves; everything else as its text.
    private static Object jsonValue(Setting setting) {
        return switch (setting.value()) {
            case Integer number -> number;
            case Boolean truth -> truth;
            case List<?> list -> list.stream().map(Object::toString).toList();
            default -> setting.text();
        };
    }
}
