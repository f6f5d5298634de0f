package dev.penstock.server.config;

import dev.penstock.core.Device;
import dev.penstock.core.ModelName;
import dev.penstock.server.source.net.Hosts;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The kinds of value that keys have.
final class ValueKinds {
    static final ValueKind<String> NAME =
            ValueKind.one("NAME", "a text that is not empty", ValueKinds::nonBlank, Function.identity());

    static final ValueKind<String> HOST =
            ValueKind.one("HOST", "a host name or an address", ValueKinds::host, Function.identity());

    /// Of a list of hosts that may be asked.
    static final ValueKind<String> ALLOWED_HOST = ValueKind.one(
            "HOST", "host, host:port or *.suffix", text -> Hosts.isPattern(text) ? text : null, Function.identity());

    static final ValueKind<Double> RATIO =
            ValueKind.one("RATIO", "a number from 0 to 1", ValueKinds::ratio, ValueKinds::plain);

    static final ValueKind<Boolean> BOOL =
            ValueKind.one("true|false", "true or false", ValueKinds::bool, String::valueOf);

    static final ValueKind<Integer> PORT = integer("PORT", 0, 65_535);

    static final ValueKind<Path> FOLDER = ValueKind.one("DIR", "a path", ValueKinds::path, Path::toString);

    static final ValueKind<Optional<Path>> OPTIONAL_FOLDER = ValueKind.one(
            "DIR",
            "a path",
            text -> text.isEmpty() ? Optional.empty() : Optional.ofNullable(path(text)),
            folder -> folder.map(Path::toString).orElse(""));

    static final ValueKind<Optional<Path>> OPTIONAL_FILE = ValueKind.one(
            "FILE",
            "a path",
            text -> text.isEmpty() ? Optional.empty() : Optional.ofNullable(path(text)),
            file -> file.map(Path::toString).orElse(""));

    static final ValueKind<String> TEXT = ValueKind.one("TEXT", "a text", Function.identity(), Function.identity());

    static final ValueKind<String> MODEL =
            ValueKind.one("NAME", "the name of a model, or *", ValueKinds::model, Function.identity());

    static final ValueKind<Device> DEVICE =
            ValueKind.one("DEVICE", "cpu, cuda or cuda:N", text -> orNull(() -> Device.parse(text)), Device::toString);

    private ValueKinds() {}

    static ValueKind<Integer> integer(String label, int min, int max) {
        String expected =
                max == Integer.MAX_VALUE ? "an integer >= " + min : "an integer from %d to %d".formatted(min, max);
        return ValueKind.one(label, expected, text -> integerOf(text, min, max), String::valueOf);
    }

    static <E extends Enum<E>> ValueKind<E> choice(Class<E> type) {
        Function<E, String> writer =
                constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        String names = Arrays.stream(type.getEnumConstants()).map(writer).collect(Collectors.joining("|"));
        return ValueKind.one(names, names.replace("|", " or "), text -> constantOf(type, writer, text), writer);
    }

    private static @Nullable String nonBlank(String text) {
        return text.isBlank() ? null : text;
    }

    private static @Nullable String host(String text) {
        return text.matches("[\\p{Alnum}.:_%-]+") ? text : null;
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static @Nullable Double ratio(String text) {
        if (!text.matches("[0-9]*\\.?[0-9]+([eE]-?[0-9]{1,3})?")) {
            return null;
        }
        double value = Double.parseDouble(text);
        return value >= 0 && value <= 1 ? value : null;
    }

    private static @Nullable Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private static @Nullable Path path(String text) {
        return text.isBlank() ? null : orNull(() -> Path.of(text));
    }

    private static @Nullable String model(String text) {
        return ModelName.isValid(text) ? text : null;
    }

    private static @Nullable Integer integerOf(String text, int min, int max) {
        // Ten digits hold every int; longer ones would overflow the long.
        if (!text.matches("\\d{1,10}")) {
            return null;
        }
        long value = Long.parseLong(text);
        return value < min || value > max ? null : (int) value;
    }

    private static <E extends Enum<E>> @Nullable E constantOf(Class<E> type, Function<E, String> writer, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> writer.apply(constant).equals(text))
                .findFirst()
                .orElse(null);
    }

    private static <T> @Nullable T orNull(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
